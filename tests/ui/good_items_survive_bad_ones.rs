use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    fn helper() {} //~ ERROR
    #[mem_blocks(align = 3)] //~ ERROR
    static A: MemBlocks<[u8; 64], 4>;
    static POOL: MemBlocks<[u8; 64], 4>;
    static mut B: MemBlocks<[u8; 64], 4>; //~ ERROR
}

fn main() {
    let _ = helper();
    let _ = A.raw();
    let _ = B.raw();
    let _ = POOL.raw();
}
