use mem_blocks::{Event, MemBlocks, RawMemBlocks, mem_blocks};

fn record(_: &RawMemBlocks, _: Event<'_>) {}

#[mem_blocks(align = 4, align = 8)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

#[mem_blocks(listener = record, listener = record)] //~ ERROR
static LISTENED: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = (POOL.raw(), LISTENED.raw());
}
