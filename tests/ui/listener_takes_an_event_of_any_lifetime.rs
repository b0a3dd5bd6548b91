use mem_blocks::{Event, MemBlocks, RawMemBlocks, mem_blocks};

fn keep(_: &RawMemBlocks, _: Event<'static>) {}

#[mem_blocks(listener = keep)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
