use mem_blocks::{MemBlocks, mem_blocks};

struct NotSend(#[expect(dead_code)] *const u8);

#[mem_blocks]
static POOL: MemBlocks<NotSend, 4>; //~ ERROR

fn main() {}
