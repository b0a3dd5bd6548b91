#![forbid(unsafe_code)]

use mem_blocks::__private::BufferOf;
use mem_blocks::MemBlocks;

/// Smaller than the blocks.
struct Mine(u8);

impl BufferOf<MemBlocks<u32, 4>> for Mine {} //~ ERROR

fn main() {}
