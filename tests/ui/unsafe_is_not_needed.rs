use mem_blocks::{Event, MemBlocks, RawMemBlocks, define_mem_blocks};

fn record(_: &RawMemBlocks, _: Event<'_>) {}

define_mem_blocks! {
    #[mem_blocks(unsafe(align = 4))] //~ ERROR
    static ALIGN: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(uninit))] //~ ERROR
    static UNINIT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(listener = record))] //~ ERROR
    static LISTENER: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(crate = mem_blocks))] //~ ERROR
    static CRATE: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (ALIGN.raw(), UNINIT.raw(), LISTENER.raw(), CRATE.raw());
}
