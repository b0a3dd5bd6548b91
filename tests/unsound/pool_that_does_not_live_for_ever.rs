#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use mem_blocks::{Bitmap, Group, MemBlocks, choose};

fn local(buffer: &'static mut [MaybeUninit<u32>; 4], bitmap: &'static mut Bitmap<1>) {
    let pool = MemBlocks::new(buffer, bitmap);
    drop(pool.alloc()); //~ ERROR
}

fn member(buffer: &'static mut [MaybeUninit<u32>; 4], bitmap: &'static mut Bitmap<1>) {
    let pool = MemBlocks::new(buffer, bitmap);
    let _group: Group<usize, 1> = Group::new([pool.raw()], choose::smallest_fit); //~ ERROR
}

fn main() {}
