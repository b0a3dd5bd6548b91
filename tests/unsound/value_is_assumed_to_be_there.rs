#![forbid(unsafe_code)]

use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let _block = Block::assume_init(POOL.alloc().unwrap()); //~ ERROR
    let _run = Run::assume_init(POOL.alloc_contiguous(1).unwrap()); //~ ERROR
    let _scatter = Scatter::assume_init(POOL.alloc_scatter::<1>(1).unwrap()); //~ ERROR
    let address = Block::as_ptr(&POOL.alloc_with(|| 1).unwrap());
    let _value = *address; //~ ERROR
}
