use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[mem_blocks(align = "4")] //~ ERROR
    static STRING: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = -4)] //~ ERROR
    static NEGATIVE: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(address = 1.5))] //~ ERROR
    static FRACTION: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (STRING.raw(), NEGATIVE.raw(), FRACTION.raw());
}
