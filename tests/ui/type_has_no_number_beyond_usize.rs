use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static BLOCKS: MemBlocks<u8, 0x1_0000_0000_0000_0000>; //~ ERROR
    static SIZE: MemBlocks<[u8; 18446744073709551616usize], 4>; //~ ERROR
}

fn main() {
    let _: &MemBlocks<u8, 4>;
    let _ = (BLOCKS.raw(), SIZE.raw());
}
