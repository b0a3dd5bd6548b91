use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[mem_blocks(uninit = true)] //~ ERROR
    static EQUALS: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(uninit(true))] //~ ERROR
    static PARENTHESES: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (EQUALS.raw(), PARENTHESES.raw());
}
