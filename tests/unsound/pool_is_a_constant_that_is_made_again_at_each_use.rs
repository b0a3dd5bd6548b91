#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use mem_blocks::{Bitmap, MemBlocks};

const POOL: MemBlocks<u32, 4> = MemBlocks::new(
    &mut [MaybeUninit::uninit(); 4], //~ ERROR
    &mut Bitmap::<1>::new(),         //~ ERROR
);

fn main() {
    let _two = (POOL, POOL);
}
