use mem_blocks::{Event, MemBlocks, RawMemBlocks, define_mem_blocks};

fn of_the_allocator(_: &RawMemBlocks) {}
fn of_the_event(_: Event<'_>) {}
fn of_a_type(_: &MemBlocks<[u8; 64], 4>, _: Event<'_>) {}

define_mem_blocks! {
    #[mem_blocks(listener = of_the_allocator)] //~ ERROR
    static NO_EVENT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = of_the_event)] //~ ERROR
    static NO_ALLOCATOR: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(listener = of_a_type)] //~ ERROR
    static TYPED: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (NO_EVENT.raw(), NO_ALLOCATOR.raw(), TYPED.raw());
}
