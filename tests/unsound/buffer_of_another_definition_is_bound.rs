#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

#[mem_blocks(unsafe(buffer = __MEM_BLOCKS_BUFFER))] //~ ERROR
static SECOND: MemBlocks<u32, 4>;

fn main() {}
