#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks] //~ ERROR
static __MEM_BLOCKS_BUFFER: MemBlocks<u32, 4>;

fn main() {}
