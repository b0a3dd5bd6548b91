use mem_blocks::{MemBlocks, mem_blocks};

const BASE: usize = 0x2000_0000;

#[mem_blocks(align = 64, unsafe(address = BASE + 32))] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
