use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(unsafe(address = usize::MAX - 127))] //~ ERROR
static POOL: MemBlocks<[u8; 64], 2>;

fn main() {
    let _ = POOL.raw();
}
