use mem_blocks::{BlockBuffer, mem_blocks};

static BUFFER: BlockBuffer<[u8; 64], 4> = BlockBuffer::new();

// One mistake: the type.
#[mem_blocks(unsafe(buffer = BUFFER))]
static POOL: u32; //~ ERROR

fn main() {}
