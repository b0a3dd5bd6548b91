use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(unsafe(address = 0x2000_0002))] //~ ERROR
static POOL: MemBlocks<u16, 4>;

fn main() {
    let _ = POOL.raw();
}
