use mem_blocks::{MemBlocks, mem_blocks};

const BLOCKS: u32 = 4;

#[mem_blocks]
static POOL: MemBlocks<[u8; 64], BLOCKS>; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
