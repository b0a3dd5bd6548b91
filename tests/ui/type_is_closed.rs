use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static SEMICOLON: MemBlocks<[u8; 64]; 4>; //~ ERROR
    static OPEN: MemBlocks<[u8; 64], 4; //~ ERROR
    static CLOSED_TWICE: MemBlocks<[u8; 64], 4>>; //~ ERROR
    static FOLLOWED: MemBlocks<[u8; 64], 4> align = 4; //~ ERROR
    static BRACES: MemBlocks<[u8; 64], 4> {} //~ ERROR
    static TUPLE: [u8; 64], 4; //~ ERROR x2
    static GOOD: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (SEMICOLON.raw(), OPEN.raw(), CLOSED_TWICE.raw(), FOLLOWED.raw());
    let _ = (BRACES.raw(), TUPLE.raw(), GOOD.raw());
}
