use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

#[mem_blocks(listener)] //~ ERROR
static LISTENED: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = (POOL.raw(), LISTENED.raw());
}
