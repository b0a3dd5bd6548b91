//! The tests of `tests/bodies/src/groups.rs`, on the core.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use firmware::entry;
use mem_blocks_bodies::groups;

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware::fail(info)
}

#[entry]
fn main() -> ! {
    firmware::run("groups", groups::TESTS)
}
