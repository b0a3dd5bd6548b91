use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL: MemBlocks<[u8; 64], 4>;
    pub //~ ERROR
}

define_mem_blocks! {
    static OTHER: MemBlocks<[u8; 64], 4>;
    #[mem_blocks] //~ ERROR
}

fn main() {
    let _ = (POOL.raw(), OTHER.raw());
}
