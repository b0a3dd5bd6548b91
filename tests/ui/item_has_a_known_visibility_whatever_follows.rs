use mem_blocks::{MemBlocks, define_mem_blocks};

mod drivers {
    use super::*;

    define_mem_blocks! {
        pub(in crate::drivers spi) static POOL: MemBlocks<[u8; 64], 4>; //~ ERROR
        pub static OTHER: MemBlocks<[u8; 64], 4>;
    }
}

fn main() {
    let _ = drivers::POOL.raw();
    let _ = drivers::OTHER.raw();
}
