//! Three pools of different types: every operation.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use firmware::{entry, every_operation};
use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL: MemBlocks<[u32; 16], 32>;
    static WORDS: MemBlocks<[u32; 3], 20>;
    // Not run, so this need not be memory.
    #[mem_blocks(unsafe(section = ".nowhere"))]
    static FRAMES: MemBlocks<[u32; 384], 8>;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    firmware::exit(false)
}

#[entry]
fn main() -> ! {
    every_operation!("pool", POOL: [u32; 16]);
    every_operation!("words", WORDS: [u32; 3]);
    every_operation!("frames", FRAMES: [u32; 384]);
    firmware::exit(true)
}
