//! No contender: the start-up code alone.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use firmware::entry;

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    firmware::exit(false)
}

#[entry]
fn main() -> ! {
    firmware::enable_interrupts();
    firmware::exit(true)
}
