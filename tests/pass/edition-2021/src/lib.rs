//! Every option, in a crate of edition 2021.
#![forbid(unsafe_code)]

use mem_blocks::{BlockBuffer, Event, MemBlocks, RawMemBlocks, define_mem_blocks, mem_blocks};

static MEMORY: BlockBuffer<[u8; 16], 4> = BlockBuffer::new();

fn record(_: &RawMemBlocks, _: Event<'_>) {}

/// With the attribute.
#[mem_blocks(align = 16, unsafe(section = ".sram2"))]
pub static ATTRIBUTE: MemBlocks<[u8; 16], 4>;

define_mem_blocks! {
    /// In the list.
    #[mem_blocks(uninit)]
    pub static UNINIT: MemBlocks<[u8; 16], { 2 + 2 }>;
    /// In a static.
    #[mem_blocks(unsafe(buffer = MEMORY))]
    pub static BUFFER: MemBlocks<[u8; 16], 4>;
    /// With a listener.
    #[mem_blocks(listener = record)]
    pub static LISTENED: MemBlocks<[u8; 16], 4>;
    /// At an address.
    #[mem_blocks(unsafe(address = 0x1000), crate = mem_blocks)]
    pub static ADDRESS: MemBlocks<[u8; 16], 4>;
}

/// A name that is a keyword from edition 2024 on.
#[must_use]
pub fn gen() -> usize {
    define_mem_blocks! {
        #[allow(non_upper_case_globals)]
        static gen: MemBlocks<[u8; 16], 2>;
    }
    gen.available()
}

/// A pool of the caller's: a macro of a crate of edition 2021, expanded in a crate of any.
#[macro_export]
macro_rules! pool {
    ($name:ident, $align:expr) => {
        $crate::runtime::define_mem_blocks! {
            #[mem_blocks(align = $align, crate = $crate::runtime)]
            static $name: $crate::runtime::MemBlocks<[u8; 16], 4>;
        }
    };
}

#[doc(hidden)]
pub use mem_blocks as runtime;
