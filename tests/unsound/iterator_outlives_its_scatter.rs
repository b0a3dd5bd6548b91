#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let mut scatter = POOL.alloc_scatter::<4>(3).unwrap();
    let blocks = scatter.iter_mut();
    drop(scatter); //~ ERROR
    blocks.for_each(drop);

    let scatter = POOL.alloc_scatter::<4>(3).unwrap();
    let run = scatter.runs().next();
    drop(scatter); //~ ERROR
    drop(run);
}
