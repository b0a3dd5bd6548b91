//! The macros as functions that a fuzzer can call, what it calls them with, and what it demands of their answers.
//!
//! An input is the text of a program, with one word that Rust has not: `fragment!(ty: u8)` is what a `$block:ty` of a
//! `macro_rules!` macro becomes, a group without delimiters. See [`Input`].

mod answer;
pub mod definition;
mod input;
pub mod program;
pub mod soup;

// Compiled once more, from the files of the crate of macros, which nothing can link but the compiler.
#[path = "../../../mem-blocks-macros/src"]
mod internals {
    pub(crate) mod complete;
    pub(crate) mod diagnostics;
    pub(crate) mod expand;
    pub(crate) mod model;
    pub(crate) mod parse;
    pub(crate) mod place;
    pub(crate) mod scan;
    pub(crate) mod section;
    pub(crate) mod validate;
    pub(crate) mod written;
}

// They name each other from the root of their crate.
use internals::{
    complete, diagnostics, expand, model, parse, place, scan, section, validate, written,
};

pub use answer::{Verdict, judge};
pub use input::{Input, MARKER};
