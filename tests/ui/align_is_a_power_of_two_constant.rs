use mem_blocks::{MemBlocks, mem_blocks};

const LINE: usize = 16;

#[mem_blocks(align = 2 * LINE + 1)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
