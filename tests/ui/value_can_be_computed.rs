use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align = 32 / 0)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
