#![forbid(unsafe_code)]

use mem_blocks::{Block, MemBlocks, Run, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let block = POOL.alloc_with(|| 1).unwrap();
    drop(block);
    drop(block); //~ ERROR

    let block = POOL.alloc_with(|| 1).unwrap();
    let leaked: &mut u32 = Block::leak(block);
    drop(block); //~ ERROR
    *leaked += 1;

    let block = POOL.alloc_with(|| 1).unwrap();
    let _address = Block::into_raw(block);
    drop(block); //~ ERROR

    let block = POOL.alloc_with(|| 1).unwrap();
    let _value = Block::into_inner(block);
    drop(block); //~ ERROR

    let block = POOL.alloc().unwrap();
    let written = Block::write(block, 1);
    drop((block, written)); //~ ERROR

    let run = POOL.alloc_contiguous(2).unwrap();
    let written = Run::write_with(run, |_| 1);
    drop((run, written)); //~ ERROR
}
