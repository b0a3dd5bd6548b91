use mem_blocks::{MemBlocks, RawMemBlocks, mem_blocks};

fn on_event(_: &RawMemBlocks) {}

#[mem_blocks(listener = on_event)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
