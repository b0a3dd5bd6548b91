#![forbid(unsafe_code)]

use mem_blocks::{Block, MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<&'static u32, 4>;

fn shorter<'a>(pool: &'static MemBlocks<&'a u32, 4>, value: &'a u32) -> Block<&'a u32> {
    pool.alloc_with(|| value).unwrap()
}

fn main() {
    let local = 1;
    drop(shorter(&POOL, &local)); //~ ERROR
}
