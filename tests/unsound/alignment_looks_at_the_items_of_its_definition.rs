#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align = __MEM_BLOCKS_SHAPE.block_size)] //~ ERROR
static POOL: MemBlocks<u32, 4>;

fn main() {}
