#![forbid(unsafe_code)]

use mem_blocks::{BlockBuffer, MemBlocks, define_mem_blocks};

static BUFFER: BlockBuffer<u32, 4> = BlockBuffer::new();

define_mem_blocks! {
    #[mem_blocks(buffer = BUFFER)] //~ ERROR
    static FIRST: MemBlocks<u32, 4>;

    #[mem_blocks(buffer = BUFFER)] //~ ERROR
    static SECOND: MemBlocks<u32, 4>;
}

fn main() {}
