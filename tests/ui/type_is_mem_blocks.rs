use mem_blocks::{mem_blocks};

#[mem_blocks(align = 4)]
static POOL: [u32; 8];

fn main() {}
