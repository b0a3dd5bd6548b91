//! Three pools of different types, and every operation of each.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use firmware_size::every_operation;
use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL: MemBlocks<[u8; 64], 32>;
    static WORDS: MemBlocks<[u32; 3], 1024>;
    static FRAMES: MemBlocks<[u8; 1536], 8>;
}

#[entry]
fn main() -> ! {
    every_operation!(POOL: [u8; 64]);
    every_operation!(WORDS: [u32; 3]);
    every_operation!(FRAMES: [u8; 1536]);
    loop {
        cortex_m::asm::wfi();
    }
}
