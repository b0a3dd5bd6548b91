#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use mem_blocks::{Bitmap, MemBlocks};

struct Parts {
    buffer: &'static mut [MaybeUninit<u32>; 4],
    bitmap: &'static mut Bitmap<1>,
}

const PARTS: Parts = Parts {
    buffer: &mut [MaybeUninit::uninit(); 4], //~ ERROR
    bitmap: &mut Bitmap::new(),              //~ ERROR
};

fn main() {
    let _one = MemBlocks::new(PARTS.buffer, PARTS.bitmap);
    let _other = MemBlocks::new(PARTS.buffer, PARTS.bitmap);
}
