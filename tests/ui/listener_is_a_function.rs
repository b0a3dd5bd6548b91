use mem_blocks::{MemBlocks, mem_blocks};

const LISTENER: u8 = 0;

#[mem_blocks(listener = LISTENER)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
