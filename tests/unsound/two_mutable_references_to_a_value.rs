#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let mut block = POOL.alloc_with(|| 1).unwrap();
    let first: &mut u32 = &mut block;
    let second: &mut u32 = &mut block; //~ ERROR
    *first += *second;
    let shared: &u32 = &block;
    *block = 2; //~ ERROR
    assert_eq!(*shared, 1);
}
