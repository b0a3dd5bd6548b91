use mem_blocks::{Event, MemBlocks, RawMemBlocks, define_mem_blocks};

fn record<const KIND: u8>(_: &RawMemBlocks, _: Event<'_>) {}

define_mem_blocks! {
    #[mem_blocks(listener = |_, _| {}, align = 8)] //~ ERROR
    static CLOSURE: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = "record")] //~ ERROR
    static TEXT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = record::<4>)] //~ ERROR
    static WITH_ARGUMENTS: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = { fn local(_: &RawMemBlocks, _: Event<'_>) {} local })] //~ ERROR
    static BLOCK: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (CLOSURE.raw(), TEXT.raw(), WITH_ARGUMENTS.raw(), BLOCK.raw());
}
