#![forbid(unsafe_code)]

use mem_blocks::{Group, MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let chosen = POOL.raw();
    let _group: Group<(), 1> = Group::new([POOL.raw()], |_, ()| Some(chosen)); //~ ERROR
}
