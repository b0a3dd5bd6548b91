use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static RX, TX: MemBlocks<[u8; 64], 4>; //~ ERROR
}

fn main() {
    let _: &MemBlocks<u8, 4>;
    let _ = RX.raw();
}
