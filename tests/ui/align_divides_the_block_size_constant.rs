use mem_blocks::{MemBlocks, mem_blocks};

const LINE: usize = 16;

#[mem_blocks(align = LINE)] //~ ERROR
static POOL: MemBlocks<[u8; 24], 4>;

fn main() {
    let _ = POOL.raw();
}
