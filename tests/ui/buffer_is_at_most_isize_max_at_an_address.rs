use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(unsafe(address = 0x2000_0000))]
static POOL: MemBlocks<[u8; 2], { 1 << (usize::BITS - 1) }>; //~ ERROR

fn main() {
    let _ = POOL.raw();
}
