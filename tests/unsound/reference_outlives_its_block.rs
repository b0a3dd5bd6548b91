#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let block = POOL.alloc_with(|| 1).unwrap();
    let value: &u32 = &block;
    drop(block); //~ ERROR
    assert_eq!(*value, 1);
}
