use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL: MemBlocks<[u8; 64], 4>;
    static POOL: MemBlocks<[u8; 64], 8>; //~ ERROR
}

fn main() {
    let _ = POOL.raw();
}
