#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let block = POOL.alloc().unwrap();
    let _value: u32 = *block; //~ ERROR
}
