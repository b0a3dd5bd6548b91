use mem_blocks::{MemBlocks, mem_blocks};

mod trace {}

#[mem_blocks(listener = trace)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
