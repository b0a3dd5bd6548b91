#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align = 4; use std as __mem_blocks)] //~ ERROR
static POOL: MemBlocks<u32, 4>;

fn main() {}
