use mem_blocks::{Event, MemBlocks, RawMemBlocks, mem_blocks};

unsafe fn record(_: &RawMemBlocks, _: Event<'_>) {}

#[mem_blocks(listener = record)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
