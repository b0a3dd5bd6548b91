use mem_blocks::{MemBlocks, define_mem_blocks};

const LINE: usize = 64;

define_mem_blocks! {
    #[mem_blocks(align = LINE, unsafe(address = 0x2000_0010))] //~ ERROR
    static DOES_NOT_DIVIDE: MemBlocks<[u8; 48], 4>;
    #[mem_blocks(align = LINE - 1, unsafe(address = 0x2000_0001))] //~ ERROR
    static NO_POWER: MemBlocks<[u8; 48], 4>;
    #[mem_blocks(align = 3, unsafe(address = 0x2000_0001))] //~ ERROR
    static LITERAL: MemBlocks<[u8; 48], 4>;
    #[mem_blocks(align = 4, unsafe(address = 0x2000_0001))] //~ ERROR
    static RIGHT: MemBlocks<[u8; 48], 4>;
}

fn main() {
    let _ = (DOES_NOT_DIVIDE.raw(), NO_POWER.raw(), LITERAL.raw(), RIGHT.raw());
}
