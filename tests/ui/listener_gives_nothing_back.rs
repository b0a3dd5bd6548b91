use mem_blocks::{Event, MemBlocks, RawMemBlocks, define_mem_blocks};

fn decide(_: &RawMemBlocks, _: Event<'_>) -> bool {
    true
}

async fn later(_: &RawMemBlocks, _: Event<'_>) {}

define_mem_blocks! {
    #[mem_blocks(listener = decide)] //~ ERROR
    static POOL: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = later)] //~ ERROR
    static OTHER: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (POOL.raw(), OTHER.raw());
}
