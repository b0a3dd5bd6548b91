use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    type Pool = MemBlocks<[u8; 64], 4>; //~ ERROR
    static POOL: Pool;
}

fn main() {
    let _ = POOL.raw();
}
