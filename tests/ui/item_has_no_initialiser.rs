use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<[u8; 64], 4> = MemBlocks::default(); //~ ERROR

fn main() {
    let _ = POOL.raw();
}
