use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(
    align = 3, //~ ERROR
    colour, //~ ERROR
    uninit = 1, //~ ERROR
    section //~ ERROR x2
    = "", //~ ERROR
)]
static mut POOL: MemBlocks<[u8; 64], 4>; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
