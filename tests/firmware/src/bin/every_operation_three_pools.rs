//! Three pools of different types, and every operation of each.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use firmware::{entry, every_operation};
use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL: MemBlocks<[u8; 64], 32>;
    // Not run, so this need not be memory.
    #[mem_blocks(unsafe(section = ".nowhere"))]
    static WORDS: MemBlocks<[u32; 3], 1024>;
    #[mem_blocks(unsafe(section = ".nowhere"))]
    static FRAMES: MemBlocks<[u8; 1536], 8>;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    firmware::exit(false)
}

#[entry]
fn main() -> ! {
    every_operation!(POOL: [u8; 64]);
    every_operation!(WORDS: [u32; 3]);
    every_operation!(FRAMES: [u8; 1536]);
    firmware::exit(true)
}
