//! What the programs share: the start-up, printing, a timer, memory protection and the way out of the emulator, the same
//! for each kind of core.

#![no_std]

#[cfg(target_arch = "arm")]
#[path = "arm.rs"]
mod machine;
#[cfg(target_arch = "riscv32")]
#[path = "riscv.rs"]
mod machine;

pub mod cost;
#[cfg(any(feature = "two-harts", feature = "break-lock"))]
mod lock;
pub mod markers;
pub mod protection;
pub mod timer;

use core::{fmt, panic::PanicInfo};

use mem_blocks_bodies::Test;

#[cfg(feature = "two-harts")]
pub use machine::wake_other;
pub use machine::{core_id, enable_interrupts, entry, exit, reset, say};

/// A kilobyte of RAM that the linker leaves alone: the region of this name in the machine's `memory.x`.
pub const FIXED: usize = if cfg!(target_arch = "riscv32") {
    0x8020_0000
} else if cfg!(armv8m) {
    0x3830_0000
} else if cfg!(target_has_atomic = "ptr") {
    0x2110_0000
} else {
    0x2000_3C00
};

/// Prints a line.
#[macro_export]
macro_rules! println {
    ($($argument:tt)*) => { $crate::print(format_args!($($argument)*)) };
}

/// What `println!` calls.
pub fn print(line: fmt::Arguments<'_>) {
    machine::print(line);
}

/// For a program's panic handler: says where, and ends the emulator with status 1.
pub fn fail(info: &PanicInfo) -> ! {
    println!("{info}");
    exit(false)
}

/// A program that runs the tests of a module of `tests/bodies`.
#[macro_export]
macro_rules! tests {
    ($module:ident) => {
        #[panic_handler]
        fn panic(info: &core::panic::PanicInfo) -> ! {
            $crate::fail(info)
        }

        #[$crate::entry]
        fn main() -> ! {
            $crate::run(stringify!($module), mem_blocks_bodies::$module::TESTS)
        }
    };
}

/// Runs tests, and prints the name of each that has passed. One that fails panics.
pub fn run(module: &str, tests: &[Test]) -> ! {
    for test in tests {
        (test.run)();
        println!("{module}::{}", test.name);
    }
    println!("{} tests passed", tests.len());
    exit(!tests.is_empty())
}
