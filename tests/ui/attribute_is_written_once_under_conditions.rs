use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

define_mem_blocks! {
    #[cfg_attr(all(), mem_blocks(align = 4))]
    #[cfg_attr(not(any()), mem_blocks(uninit))] //~ ERROR
    static LISTED: MemBlocks<[u8; 64], 4>;
}

#[mem_blocks(align = 4)]
#[cfg_attr(all(), mem_blocks(uninit))] //~ ERROR
static ATTRIBUTE: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = (LISTED.raw(), ATTRIBUTE.raw());
}
