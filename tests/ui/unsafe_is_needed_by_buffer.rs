use mem_blocks::{BlockBuffer, MemBlocks, mem_blocks};

static BUFFER: BlockBuffer<[u8; 64], 4> = BlockBuffer::new();

#[mem_blocks(buffer = BUFFER)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
