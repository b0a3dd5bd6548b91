#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, RawMemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let raw = POOL.raw();
    let _ = RawMemBlocks::vacant(); //~ ERROR
    let _ = raw.address_of(9); //~ ERROR
    let _ = raw.take_in_word(9); //~ ERROR
    let _ = raw.take_one; //~ ERROR
    let _ = mem_blocks::lock::with(|_| ()); //~ ERROR
    let _ = mem_blocks::raw::turn::begin(); //~ ERROR
}
