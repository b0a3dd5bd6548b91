#![forbid(unsafe_code)]

use mem_blocks::__private::{Definition, Shape};
use mem_blocks::MemBlocks;

/// As large as a descriptor.
struct Mine([usize; 7]);

impl Definition for Mine { //~ ERROR
    type Itself = MemBlocks<u32, 4>;
    const SHAPE: Shape = <MemBlocks<u32, 4> as Definition>::SHAPE;
}

fn main() {}
