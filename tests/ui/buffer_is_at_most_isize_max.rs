use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<[u8; 1 << 40], { 1 << 40 }>; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
