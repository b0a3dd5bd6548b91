use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align = 16)] //~ ERROR
static POOL: MemBlocks<[u8; 24], 4>;

fn main() {
    let _ = POOL.raw();
}
