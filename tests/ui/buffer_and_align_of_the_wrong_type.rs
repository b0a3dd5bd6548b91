use mem_blocks::{MemBlocks, mem_blocks};

static BUFFER: u32 = 0;

#[mem_blocks(align = 32, unsafe(buffer = BUFFER))] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
