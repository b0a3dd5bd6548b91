//! One pool of more blocks than a word has bits: a block allocated and freed.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use firmware::{entry, one_block};
use mem_blocks::{MemBlocks, mem_blocks};

// Not run, so this need not be memory.
#[mem_blocks(unsafe(section = ".nowhere"))]
static POOL: MemBlocks<[u32; 16], 1024>;

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    firmware::exit(false)
}

#[entry]
fn main() -> ! {
    one_block!("pool", POOL: [u32; 16]);
    firmware::exit(true)
}
