use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL: MemBlocks<[u8; 64], 4>
    static OTHER: MemBlocks<[u8; 64], 4> //~ ERROR x2
}

fn main() {
    let _ = POOL.raw();
    let _ = OTHER.raw();
}
