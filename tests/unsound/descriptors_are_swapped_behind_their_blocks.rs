#![forbid(unsafe_code)]

use core::mem;

use mem_blocks::MemBlocks;

fn swap(one: &'static mut MemBlocks<u32, 4>, other: &'static mut MemBlocks<u32, 4>) {
    let block = one.alloc();
    mem::swap(one, other); //~ ERROR
    drop(block);
}

fn main() {
    let _: fn(_, _) = swap;
}
