use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    #[cfg_attr(any(), mem_blocks(align = 1))]
    #[cfg_attr(any(), mem_blocks(align = 2))]
    #[cfg_attr(any(), mem_blocks(align = 4))]
    #[cfg_attr(any(), mem_blocks(align = 8))]
    #[cfg_attr(any(), mem_blocks(align = 16))]
    #[cfg_attr(any(), mem_blocks(align = 32))]
    #[cfg_attr(any(), mem_blocks(align = 64))] //~ ERROR
    #[cfg_attr(any(), mem_blocks(uninit))]
    static POOL: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = POOL.raw();
}
