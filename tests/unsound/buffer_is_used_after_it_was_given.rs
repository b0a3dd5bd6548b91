#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use mem_blocks::{Bitmap, MemBlocks};

fn build(
    buffer: &'static mut [MaybeUninit<u32>; 4],
    bitmap: &'static mut Bitmap<1>,
) -> MemBlocks<u32, 4> {
    let pool = MemBlocks::new(&mut *buffer, &mut *bitmap);
    *buffer = [MaybeUninit::uninit(); 4]; //~ ERROR
    *bitmap = Bitmap::new(); //~ ERROR
    pool
}

fn main() {}
