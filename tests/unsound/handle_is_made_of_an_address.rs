#![forbid(unsafe_code)]

use mem_blocks::{Block, Group, GroupBlock, MemBlocks, Run, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn handles(address: *mut u8, group: &Group<usize, 1>) {
    let _block: Block<u32> = Block::from_raw(&POOL, address.cast()); //~ ERROR
    let _run: Run<u32> = Run::from_raw(&POOL, [address].as_mut_ptr().cast::<[u32; 1]>()); //~ ERROR
    let _bytes = GroupBlock::from_raw(POOL.raw(), address); //~ ERROR
    let _freed = POOL.raw().free(&[address]); //~ ERROR
    let _freed = POOL.raw().free_contiguous(address, 1); //~ ERROR
    let _freed = group.free(&[address]); //~ ERROR
}

fn main() {}
