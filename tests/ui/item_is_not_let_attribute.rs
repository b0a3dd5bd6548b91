use mem_blocks::{MemBlocks, mem_blocks};

fn main() {
    #[mem_blocks] //~ ERROR
    let POOL: MemBlocks<[u8; 64], 4>;
    let _ = POOL.raw();
}
