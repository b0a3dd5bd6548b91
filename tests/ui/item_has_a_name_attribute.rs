use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static _: MemBlocks<[u8; 64], 4>; //~ ERROR

fn main() {
    let _: &MemBlocks<u8, 4>;
}
