use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(unsafe(address = 0x1_0000_0000_0000_0000))] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
