use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[mem_blocks = 4] //~ ERROR
    static POOL: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = POOL.raw();
}
