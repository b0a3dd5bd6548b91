#![forbid(unsafe_code)]

use core::num::NonZeroU8;

use mem_blocks::{Block, MemBlocks, Run, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<NonZeroU8, 4>;

fn main() {
    let _block = POOL.alloc_zeroed(); //~ ERROR
    let _block = Block::write_zeroed(POOL.alloc().unwrap()); //~ ERROR
    let _run = Run::write_zeroed(POOL.alloc_contiguous(2).unwrap()); //~ ERROR
}
