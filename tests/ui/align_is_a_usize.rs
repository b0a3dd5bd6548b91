use mem_blocks::{MemBlocks, mem_blocks};

const LINE: u32 = 16;

#[mem_blocks(align = LINE)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
