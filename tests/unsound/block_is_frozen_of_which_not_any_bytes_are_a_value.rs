#![forbid(unsafe_code)]

use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};

#[mem_blocks]
static FLAGS: MemBlocks<bool, 4>;

#[mem_blocks]
static NAMES: MemBlocks<&'static str, 4>;

fn main() {
    let _ = FLAGS.alloc().map(Block::freeze); //~ ERROR
    let _ = FLAGS.alloc_contiguous(2).map(Run::freeze); //~ ERROR
    let _ = NAMES.alloc_scatter::<2>(2).map(Scatter::freeze); //~ ERROR
}
