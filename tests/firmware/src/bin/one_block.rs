//! One pool: a block allocated and freed.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use firmware_size::one_block;
use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<[u8; 64], 32>;

#[entry]
fn main() -> ! {
    one_block!(POOL: [u8; 64]);
    loop {
        cortex_m::asm::wfi();
    }
}
