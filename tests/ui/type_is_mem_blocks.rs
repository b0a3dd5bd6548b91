use mem_blocks::mem_blocks;

#[mem_blocks(align = 4)]
static POOL: Option<u32>; //~ ERROR

fn main() {}
