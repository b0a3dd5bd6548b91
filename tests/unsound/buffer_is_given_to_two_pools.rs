#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use mem_blocks::{Bitmap, MemBlocks};

type Pools = [MemBlocks<u32, 4>; 2];

fn one_buffer(
    buffer: &'static mut [MaybeUninit<u32>; 4],
    bitmaps: [&'static mut Bitmap<1>; 2],
) -> Pools {
    let [first, second] = bitmaps;
    [MemBlocks::new(buffer, first), MemBlocks::new(buffer, second)] //~ ERROR
}

fn one_bitmap(
    buffers: [&'static mut [MaybeUninit<u32>; 4]; 2],
    bitmap: &'static mut Bitmap<1>,
) -> Pools {
    buffers.map(|buffer| MemBlocks::new(buffer, bitmap)) //~ ERROR
}

fn main() {}
