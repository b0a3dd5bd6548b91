use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[cfg(any())]
    fn absent() {}
    #[cfg(any())]
    #[mem_blocks(align = 3)]
    static ABSENT: MemBlocks<[u8; 64], 4>;
    #[cfg(not(any()))]
    #[mem_blocks(align = 5)] //~ ERROR
    static POOL: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = POOL.raw();
}
