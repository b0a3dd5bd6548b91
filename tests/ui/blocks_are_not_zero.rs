use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<[u8; 64], 0>; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
