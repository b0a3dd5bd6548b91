//! The tests of `tests/bodies/src/model.rs`, on the core.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use firmware::entry;
use mem_blocks_bodies::model;

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware::fail(info)
}

#[entry]
fn main() -> ! {
    firmware::run("model", model::TESTS)
}
