use mem_blocks::{MemBlocks, mem_blocks};

const SRAM2: &str = ".sram2";

#[mem_blocks(unsafe(section = SRAM2))] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
