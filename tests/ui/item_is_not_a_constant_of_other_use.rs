use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

define_mem_blocks! {
    const BLOCKS: usize = 4; //~ ERROR
    static POOL: MemBlocks<[u8; 64], BLOCKS>;
    static COUNT: usize = 4; //~ ERROR
}

#[mem_blocks]
const SIZE: usize = 64; //~ ERROR

fn main() {
    let _ = (POOL.raw(), BLOCKS + COUNT + SIZE);
}
