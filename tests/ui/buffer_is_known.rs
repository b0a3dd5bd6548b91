use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(unsafe(buffer = BUFFER))] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
