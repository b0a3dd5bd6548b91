#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let mut block = POOL.alloc().unwrap();
    block.drop(); //~ ERROR
}
