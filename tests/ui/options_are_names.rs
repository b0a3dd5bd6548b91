use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(32, "align" = 4)] //~ ERROR x2
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
