use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align = 3, uninit = true)] //~ ERROR x2
static NOTHING: MemBlocks<[u8; 64], 0>; //~ ERROR

#[mem_blocks(align = 0, address = 0x2000_0001)] //~ ERROR x2
static ODD: MemBlocks<[u8; 64], 4>;

#[mem_blocks(crate = "mem_blocks", align = 3)] //~ ERROR x2
static ELSEWHERE: MemBlocks<[u8; 64], 0>;

fn main() {
    let _ = (NOTHING.raw(), ODD.raw(), ELSEWHERE.raw());
}
