use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static _: MemBlocks<[u8; 64], 4>; //~ ERROR
    static ref REFERENCE: MemBlocks<[u8; 64], 4>; //~ ERROR
    static static TWICE: MemBlocks<[u8; 64], 4>; //~ ERROR
    pub(crate) NOT_STATIC: MemBlocks<[u8; 64], { 4 }>; //~ ERROR
}

fn main() {
    let _ = (REFERENCE.raw(), TWICE.raw(), NOT_STATIC.raw());
}
