use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[mem_blocks(align = 32 bytes, uninit)] //~ ERROR
    static UNIT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(uninit later)] //~ ERROR
    static WORD: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe unsafe(section = ".sram2"))] //~ ERROR
    static UNSAFE: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (UNIT.raw(), WORD.raw(), UNSAFE.raw());
}
