use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[mem_blocks(unsafe(align = 4))] //~ ERROR
    static ALIGN: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(uninit))] //~ ERROR
    static UNINIT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(crate = mem_blocks))] //~ ERROR
    static CRATE: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (ALIGN.raw(), UNINIT.raw(), CRATE.raw());
}
