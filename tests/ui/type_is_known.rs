use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlcks<[u8; 64], 4>; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
