use mem_blocks::{Event, MemBlocks, RawMemBlocks, mem_blocks};

fn record<T>(_: &RawMemBlocks, _: Event<'_>) {}

#[mem_blocks(listener = record)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
