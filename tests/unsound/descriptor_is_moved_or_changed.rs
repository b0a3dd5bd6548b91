#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

#[mem_blocks]
static OTHER: MemBlocks<u32, 4>;

fn main() {
    let _moved = POOL; //~ ERROR
    let _moved = *POOL.raw(); //~ ERROR
    POOL = OTHER; //~ ERROR x2
}
