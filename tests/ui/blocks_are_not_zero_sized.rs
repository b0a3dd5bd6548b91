use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<(), 4>; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
