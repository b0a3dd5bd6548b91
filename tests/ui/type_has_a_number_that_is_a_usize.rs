use mem_blocks::{MemBlocks, define_mem_blocks};

const BLOCKS: u32 = 4;

define_mem_blocks! {
    static CONSTANT: MemBlocks<[u8; 64], BLOCKS>; //~ ERROR
    static SUFFIX: MemBlocks<[u8; 64], 4u8>; //~ ERROR
    static NEGATIVE: MemBlocks<[u8; 64], -4>; //~ ERROR
    static STRING: MemBlocks<[u8; 64], "4">; //~ ERROR
}

fn main() {
    let _ = (CONSTANT.raw(), SUFFIX.raw(), NEGATIVE.raw(), STRING.raw());
}
