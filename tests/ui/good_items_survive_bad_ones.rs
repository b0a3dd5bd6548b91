use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    fn helper() {}
    #[mem_blocks(align = 3)]
    static A: MemBlocks<[u8; 64], 4>;
    static POOL: MemBlocks<[u8; 64], 4>;
    static mut B: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = helper();
    let _ = A.raw();
    let _ = B.raw();
    let _ = POOL.raw();
}
