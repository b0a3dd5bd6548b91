use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static POOL = Frames MemBlocks<[u8; 64], 4>; //~ ERROR
    static OTHER: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = POOL.raw();
    let _ = OTHER.raw();
}
