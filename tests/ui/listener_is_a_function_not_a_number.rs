use mem_blocks::{MemBlocks, mem_blocks};

const RECORD: u32 = 4;

#[mem_blocks(listener = RECORD)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
