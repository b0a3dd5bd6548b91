//! One pool, and every operation.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use firmware_size::every_operation;
use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<[u8; 64], 32>;

#[entry]
fn main() -> ! {
    every_operation!(POOL: [u8; 64]);
    loop {
        cortex_m::asm::wfi();
    }
}
