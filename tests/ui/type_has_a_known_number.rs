use mem_blocks::{MemBlocks, define_mem_blocks};

mod board {}

define_mem_blocks! {
    static NAME: MemBlocks<[u8; 64], BLOCKS>; //~ ERROR
    static PATH: MemBlocks<[u8; 64], board::BLOCKS>; //~ ERROR
    static SIZE: MemBlocks<[u8; BLOCK_SIZE], 4>; //~ ERROR
}

fn pool<const N: usize>() {
    define_mem_blocks! {
        static PARAMETER: MemBlocks<[u8; 64], N>; //~ ERROR
    }
    let _ = PARAMETER.raw();
}

fn main() {
    let _ = (NAME.raw(), PATH.raw(), SIZE.raw());
    pool::<4>();
}
