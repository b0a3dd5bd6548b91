//! Definitions in a crate that does not depend on `mem_blocks` itself.

#[cfg(test)]
mod tests {
    // The host's critical section.
    use critical_section as _;

    use hal::mem_blocks::{
        BlockBuffer, Event, MemBlocks, RawMemBlocks, define_mem_blocks, mem_blocks,
    };

    #[mem_blocks(align = 32, crate = hal::mem_blocks)]
    static ATTRIBUTE: MemBlocks<[u8; 64], 4>;

    static MEMORY: BlockBuffer<[u8; 64], 4> = BlockBuffer::new();

    fn record(_: &RawMemBlocks, _: Event<'_>) {}

    define_mem_blocks! {
        #[mem_blocks(listener = record, crate = hal::mem_blocks)]
        static LISTENED: MemBlocks<[u8; 64], 4>;
        #[mem_blocks(uninit, crate = ::hal::mem_blocks)]
        static UNINIT: MemBlocks<[u8; 64], 4>;
        #[mem_blocks(unsafe(section = ".sram2"), crate = hal::mem_blocks)]
        static SECTION: MemBlocks<[u8; 64], 4>;
        #[mem_blocks(unsafe(buffer = MEMORY), align = 4, crate = hal::mem_blocks)]
        static BUFFER: MemBlocks<[u8; 64], 4>;
        #[mem_blocks(unsafe(address = 0x1000), crate = hal::mem_blocks)]
        static ADDRESS: MemBlocks<[u8; 64], 4>;
    }

    const LINE: usize = 32;

    hal::dma_pool! {
        /// Documented.
        #[allow(dead_code)]
        pub(crate) DMA: MemBlocks<[u8; 64], { 2 * 2 }>, align = 2 * LINE, section = ".dma"
    }

    hal::pool_with!(OPTIONS: MemBlocks<[u8; 64], 4>, align = 64, uninit);
    hal::pool_with!(LISTENED_OPTION: MemBlocks<[u8; 64], 4>, listener = record, uninit);
    hal::pool_of!([align = LINE, unsafe(section = ".sram2")] [u8; 64], 2 + 2 => TOKENS);
    hal::pool_in!(POOL in POOL_MEMORY: [[u8; 64]; 4]);

    hal::mem_blocks::packet_pool! {
        struct Packets(Packet) = &DMA;
    }

    #[test]
    fn packets_are_found_through_a_hal() {
        assert_eq!(Packets::allocate().map(|packet| packet.len()), Some(64));
    }

    #[test]
    fn the_runtime_crate_is_found_through_a_hal() {
        for pool in [&ATTRIBUTE, &UNINIT, &SECTION, &BUFFER, &ADDRESS, &LISTENED, &LISTENED_OPTION]
        {
            assert_eq!(pool.available(), 4);
        }
    }

    #[test]
    fn a_macro_of_a_hal_takes_name_type_options_and_section() {
        assert_eq!(DMA.raw().buffer().cast::<u8>().addr() % 64, 0);
        assert_eq!(OPTIONS.raw().buffer().cast::<u8>().addr() % 64, 0);
        assert_eq!(TOKENS.raw().buffer().cast::<u8>().addr() % 32, 0);
        assert_eq!(POOL.available(), 4);
    }
}
