use mem_blocks::{BlockBuffer, MemBlocks, mem_blocks};

static BUFFER: BlockBuffer<[u8; 64], 4, 16> = BlockBuffer::new();

#[mem_blocks(align = 32, unsafe(buffer = BUFFER))] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
