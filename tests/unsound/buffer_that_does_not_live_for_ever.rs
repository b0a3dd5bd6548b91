#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use mem_blocks::{Bitmap, MemBlocks};

fn buffer(bitmap: &'static mut Bitmap<1>) -> MemBlocks<u32, 4> {
    let mut buffer = [MaybeUninit::uninit(); 4];
    MemBlocks::new(&mut buffer, bitmap) //~ ERROR
}

fn bitmap(buffer: &'static mut [MaybeUninit<u32>; 4]) -> MemBlocks<u32, 4> {
    let mut bitmap = Bitmap::<1>::new();
    MemBlocks::new(buffer, &mut bitmap) //~ ERROR
}

fn main() {}
