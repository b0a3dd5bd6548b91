use mem_blocks::{BlockBuffer, MemBlocks, mem_blocks};

static BUFFER: BlockBuffer<u32, 4> = BlockBuffer::new();

// Of the same size and alignment, and not of the same type.
#[mem_blocks(unsafe(buffer = BUFFER))] //~ ERROR
static POOL: MemBlocks<f32, 4>;

fn main() {
    let _ = POOL.raw();
}
