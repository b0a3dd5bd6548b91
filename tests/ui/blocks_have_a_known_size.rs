use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<[u8], 4>; //~ ERROR

fn main() {}
