#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let value: &mut [_] = {
        let mut run = POOL.alloc_contiguous(2).unwrap();
        &mut run //~ ERROR
    };
    value[0].write(1);
}
