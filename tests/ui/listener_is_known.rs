use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(listener = record)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

#[mem_blocks(listener = trace::record)] //~ ERROR
static OTHER: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = (POOL.raw(), OTHER.raw());
}
