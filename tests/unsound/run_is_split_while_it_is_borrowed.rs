#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, Run, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let mut run = POOL.alloc_contiguous(4).unwrap();
    let last = &mut run[3];
    let tail = Run::split_off(&mut run, 2); //~ ERROR
    last.write(1);
    drop(tail);
}
