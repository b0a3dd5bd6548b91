//! Three pools of different types: a block of each allocated and freed.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use firmware_size::one_block;
use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL: MemBlocks<[u8; 64], 32>;
    static WORDS: MemBlocks<[u32; 3], 1024>;
    static FRAMES: MemBlocks<[u8; 1536], 8>;
}

#[entry]
fn main() -> ! {
    one_block!(POOL: [u8; 64]);
    one_block!(WORDS: [u32; 3]);
    one_block!(FRAMES: [u8; 1536]);
    loop {
        cortex_m::asm::wfi();
    }
}
