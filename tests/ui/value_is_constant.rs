use mem_blocks::{MemBlocks, mem_blocks};

fn main() {
    let line = 32;
    #[mem_blocks(align = line)] //~ ERROR
    static POOL: MemBlocks<[u8; 64], 4>;
    let _ = (POOL.raw(), line);
}
