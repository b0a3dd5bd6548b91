use mem_blocks::{MemBlocks, mem_blocks};

struct Driver;

impl Driver {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>; //~ ERROR x2
}

fn main() {
    let _ = Driver;
}
