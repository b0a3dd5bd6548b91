use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(listener = |_, _| {})] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
