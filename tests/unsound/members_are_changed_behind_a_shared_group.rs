#![forbid(unsafe_code)]

use mem_blocks::{Group, MemBlocks, choose, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

static GROUP: Group<usize, 2> = Group::new([], choose::smallest_fit);

fn main() {
    let _ = GROUP.add(POOL.raw()); //~ ERROR
    GROUP.members()[0] = POOL.raw(); //~ ERROR
}
