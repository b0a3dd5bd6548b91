#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, RawMemBlocks};

fn clone<T: Clone>() {}

fn main() {
    clone::<MemBlocks<u32, 4>>(); //~ ERROR
    clone::<RawMemBlocks>(); //~ ERROR
}
