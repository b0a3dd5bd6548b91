use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static NO_NUMBER: MemBlocks<[u8; 64]>; //~ ERROR
    static NO_BLOCK: MemBlocks; //~ ERROR
    static TWO_NUMBERS: MemBlocks<[u8; 64], 4, 4>; //~ ERROR
    static TWO_BLOCKS: MemBlocks<[u8; 64], u8>; //~ ERROR
}

fn main() {
    let _ = (NO_NUMBER.raw(), NO_BLOCK.raw(), TWO_NUMBERS.raw(), TWO_BLOCKS.raw());
}
