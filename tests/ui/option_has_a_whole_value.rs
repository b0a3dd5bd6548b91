use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align = 4 +, unsafe(address = 0x1000 <<))] //~ ERROR x2
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
