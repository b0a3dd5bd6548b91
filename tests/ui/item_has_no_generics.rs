use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL<T>: MemBlocks<[u8; 64], 4>; //~ ERROR
}

fn main() {
    let _ = POOL.raw();
}
