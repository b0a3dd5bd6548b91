use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[mem_blocks(align = 4 +, unsafe(address = 0x1000 <<))] //~ ERROR x2
    static OPERATORS: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = 4 as, uninit)] //~ ERROR
    static CAST: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = LINE., uninit)] //~ ERROR
    static FIELD: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = if, uninit)] //~ ERROR
    static KEYWORD: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = if LINE, uninit)] //~ ERROR
    static CONDITION: MemBlocks<[u8; 64], 4>;
}

const LINE: usize = 32;

fn main() {
    let _ = (OPERATORS.raw(), CAST.raw(), FIELD.raw(), KEYWORD.raw(), CONDITION.raw());
}
