use mem_blocks::{MemBlocks, mem_blocks};

const CACHE_LINE: usize = 32;

#[mem_blocks(align = CACHE_LINE, secton = ".sram2")] //~ ERROR x2
static FRAMES: MemBlocks<[u8; 1500], 8>;

fn main() {
    let _ = FRAMES.raw();
}
