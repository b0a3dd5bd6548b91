#![forbid(unsafe_code)]

use core::mem::ManuallyDrop;

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let mut block = ManuallyDrop::new(POOL.alloc().unwrap());
    ManuallyDrop::drop(&mut block); //~ ERROR
    let _twice = ManuallyDrop::take(&mut block); //~ ERROR
}
