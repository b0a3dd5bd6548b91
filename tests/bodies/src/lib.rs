//! What mem-blocks must do, as tests that run on the host and on every emulated core.
//!
//! The host runs them by `tests/bodies.rs`, a core by the program of the module's name in
//! `tests/firmware`. The smallest core has 16 KiB of RAM: the variables of a module must stay below
//! 7 KiB of it, and the stack of a test below 1.5 KiB. None may lie in `.data`, of which a program
//! of mem-blocks has nothing.

#![no_std]

/// A test: it panics where something is wrong.
///
/// It is run once. The blocks that it leaks, as some must, are not there a second time.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// The function's name.
    pub name: &'static str,
    /// The function.
    pub run: fn(),
}

/// The list of a module's tests. A test that is forgotten in it is a function that nobody calls:
/// the compiler warns of that, and a warning is an error in CI.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        &[$($crate::Test { name: stringify!($name), run: $name }),*]
    };
}

#[allow(unsafe_code, reason = "the address-level interface")]
pub mod edges;
#[allow(unsafe_code, reason = "freeing by address")]
pub mod groups;
#[allow(unsafe_code, reason = "taking ownership apart and putting it together")]
pub mod handles;
#[allow(unsafe_code, reason = "misusing the address-level interface")]
pub mod misuse;
#[allow(unsafe_code, reason = "freeing by address")]
pub mod model;
pub mod numbers;
#[allow(unsafe_code, reason = "the address-level interface")]
pub mod pairs;
#[allow(unsafe_code, reason = "stamps on blocks by address")]
pub mod storm;
mod text;
#[allow(unsafe_code, reason = "the address-level interface")]
pub mod untouched;
