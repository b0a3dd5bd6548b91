use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static TYPE = MemBlocks<[u8; 64], 4>; //~ ERROR
    static VALUE = MemBlocks::new(); //~ ERROR
}

fn main() {
    let _ = (TYPE.raw(), VALUE.raw());
}
