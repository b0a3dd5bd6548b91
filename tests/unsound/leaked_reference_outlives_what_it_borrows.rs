#![forbid(unsafe_code)]

use mem_blocks::{Block, MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<&'static u32, 4>;

fn main() {
    let local = 1;
    let mut block: Block<&u32> = POOL.alloc_with(|| &0).unwrap();
    *block = &local; //~ ERROR
    let leaked: &'static mut &'static u32 = Block::leak(block);
    assert_eq!(**leaked, 1);
}
