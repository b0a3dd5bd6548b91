use mem_blocks::{MemBlocks, define_mem_blocks};

const N: usize = 2;

define_mem_blocks! {
    static NO_COMMA: MemBlocks<[u8; 64] 8>; //~ ERROR
    static NO_BRACES: MemBlocks<[u8; 64], N * 2>; //~ ERROR
    static SHIFT: MemBlocks<[u8; 64], 1 << 3>; //~ ERROR
    static CALL: MemBlocks<[u8; 64], size_of::<u32>()>; //~ ERROR
    static BRACKETS: MemBlocks[[u8; 64]; 4]; //~ ERROR
    static TWO_WORDS: Mem Blocks<[u8; 64], 4>; //~ ERROR
    #[mem_blocks(align = 3)] //~ ERROR
    static NEIGHBOUR: MemBlocks<[u8; 64], 4>;
    static GOOD: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (NO_COMMA.raw(), NO_BRACES.raw(), SHIFT.raw(), CALL.raw(), BRACKETS.raw());
    let _ = (TWO_WORDS.raw(), NEIGHBOUR.raw(), GOOD.raw());
}
