use mem_blocks::{Event, MemBlocks, RawMemBlocks, mem_blocks};

unsafe fn on_event(_: &RawMemBlocks, _: Event<'_>) {}

#[mem_blocks(listener = on_event)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
