#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use mem_blocks::{Bitmap, MemBlocks};

static BITMAP: Bitmap<1> = Bitmap::new();

fn build(buffer: &'static mut [MaybeUninit<u32>; 4]) -> MemBlocks<u32, 4> {
    MemBlocks::new(buffer, &BITMAP) //~ ERROR
}

fn main() {}
