use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static BLOCK: MemBlocks<_, 4>; //~ ERROR
    static NUMBER: MemBlocks<[u8; 64], _>; //~ ERROR
    static SIZE: MemBlocks<[u8; _], 4>; //~ ERROR
}

fn main() {
    let _: &MemBlocks<u8, 4>;
    let _ = (BLOCK.raw(), NUMBER.raw(), SIZE.raw());
}
