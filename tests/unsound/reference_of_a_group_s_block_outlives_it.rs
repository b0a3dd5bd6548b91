#![forbid(unsafe_code)]

use mem_blocks::{Group, MemBlocks, choose, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit);

fn main() {
    let mut block = GROUP.alloc(&1).unwrap();
    let bytes = &mut block[..];
    drop(block); //~ ERROR
    bytes[0].write(1);
}
