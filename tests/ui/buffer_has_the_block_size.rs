use mem_blocks::{BlockBuffer, MemBlocks, mem_blocks};

static BUFFER: BlockBuffer<[u8; 32], 4> = BlockBuffer::new();

#[mem_blocks(unsafe(buffer = BUFFER))] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
