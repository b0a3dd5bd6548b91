use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[mem_blocks(unsafe section = ".sram2")] //~ ERROR
    static NONE: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe { section = ".sram2" })] //~ ERROR
    static BRACES: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe = section(".sram2"), align = 4)] //~ ERROR
    static EQUALS: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (NONE.raw(), BRACES.raw(), EQUALS.raw());
}
