use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align = 1)]
static POOL: MemBlocks<u8, { usize::MAX }>; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
