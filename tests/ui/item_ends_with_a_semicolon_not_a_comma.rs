use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static FIRST: MemBlocks<[u8; 64], 4>, //~ ERROR
    static SECOND: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (FIRST.raw(), SECOND.raw());
}
