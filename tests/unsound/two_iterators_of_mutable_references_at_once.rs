#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let mut scatter = POOL.alloc_scatter::<4>(3).unwrap();
    let runs = scatter.runs_mut();
    let again = scatter.runs_mut(); //~ ERROR
    runs.zip(again).for_each(drop);
    let blocks = scatter.iter_mut();
    let shared = scatter.iter(); //~ ERROR
    blocks.zip(shared).for_each(drop);
}
