//! No pool: the start-up code alone.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use firmware_size as _;

#[entry]
fn main() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}
