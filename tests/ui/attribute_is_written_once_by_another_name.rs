use mem_blocks::mem_blocks as pool;
use mem_blocks::{MemBlocks, define_mem_blocks};

#[pool]
#[pool(align = 4)] //~ ERROR
static TWICE: MemBlocks<[u8; 64], 4>;

define_mem_blocks! {
    #[pool(align = 4)] //~ ERROR
    static LISTED: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (TWICE.raw(), LISTED.raw());
}
