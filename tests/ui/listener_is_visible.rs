use mem_blocks::{MemBlocks, mem_blocks};

mod trace {
    use mem_blocks::{Event, RawMemBlocks};

    fn record(_: &RawMemBlocks, _: Event<'_>) {}
}

#[mem_blocks(listener = trace::record)] //~ ERROR
static POOL: MemBlocks<[u8; 64], 4>;

fn main() {
    let _ = POOL.raw();
}
