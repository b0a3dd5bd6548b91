#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[mem_blocks(address = 0x2000_0000)] //~ ERROR
    static FIRST: MemBlocks<u32, 4>;

    #[mem_blocks(address = 0x2000_0000)] //~ ERROR
    static SECOND: MemBlocks<u32, 4>;
}

fn main() {}
