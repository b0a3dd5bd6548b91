use mem_blocks::mem_blocks;

#[mem_blocks]
static POOL: dyn Send;

fn main() {}
