#![deny(dead_code)]

use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

#[mem_blocks(align = 8, unsafe(section = ".sram2"))]
static ATTRIBUTE: MemBlocks<[u8; 64], 4>; //~ ERROR

define_mem_blocks! {
    #[mem_blocks(align = 8, unsafe(address = 0x2000_0000))]
    static LISTED: MemBlocks<[u8; 64], 4>; //~ ERROR
}

fn main() {}
