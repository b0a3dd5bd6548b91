use mem_blocks::{MemBlocks, define_mem_blocks};

const BLOCKS: usize = 0;

type Frames = MemBlocks<[u8; 64], BLOCKS>;

define_mem_blocks! {
    static CONSTANT: MemBlocks<[u8; 64], BLOCKS>; //~ ERROR
    static ALIAS: Frames; //~ ERROR
    static EXPRESSION: mem_blocks::MemBlocks<[u8; 64], { 4 * BLOCKS }>; //~ ERROR
}

fn main() {
    let _ = (CONSTANT.raw(), ALIAS.raw(), EXPRESSION.raw());
}
