//! Every option, in a crate that forbids `unsafe` and denies all warnings: what the macros write is
//! clean of lints.
#![no_std]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::all, clippy::pedantic, clippy::nursery)]
// Beyond what is usual: whatever else could be found in code that a macro has written.
#![deny(
    let_underscore,
    missing_debug_implementations,
    nonstandard_style,
    rust_2018_idioms,
    rust_2021_compatibility,
    rust_2024_compatibility,
    single_use_lifetimes,
    unnameable_types,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_results
)]
#![deny(
    clippy::absolute_paths,
    clippy::arbitrary_source_item_ordering,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::missing_docs_in_private_items,
    clippy::mixed_read_write_in_expression,
    clippy::multiple_unsafe_ops_per_block,
    clippy::undocumented_unsafe_blocks,
    clippy::unused_trait_names
)]

use renamed::{
    BlockBuffer, Event, MemBlocks, RawMemBlocks, define_mem_blocks, mem_blocks, packet_pool,
};

/// Defines an allocator that is aligned as a fragment of this macro says.
macro_rules! aligned {
    ($name:ident, $align:expr) => {
        define_mem_blocks! {
            /// Aligned as a fragment says.
            #[mem_blocks(align = $align, crate = renamed)]
            pub static $name: MemBlocks<[u8; 64], 4>;
        }
    };
}

aligned!(FRAGMENT_IN_BRACES, { LINE });
aligned!(FRAGMENT_IN_PARENTHESES, (LINE));

/// The line of a cache.
const LINE: usize = 32;

/// Memory that is declared by hand.
static MEMORY: BlockBuffer<[u8; 64], 4, LINE> = BlockBuffer::new();

/// Nothing said.
#[mem_blocks(crate = renamed)]
pub static PLAIN: MemBlocks<[u8; 64], 4>;

/// Aligned, in a section.
#[mem_blocks(align = 32, unsafe(section = ".sram2"), crate = renamed)]
pub static SECTION: MemBlocks<[u8; 64], 4>;

define_mem_blocks! {
    /// Aligned as a constant says, and not zeroed.
    #[mem_blocks(align = LINE, uninit, crate = renamed)]
    pub static UNINIT: MemBlocks<[u8; 64], { 2 + 2 }>;

    /// Aligned as a block of code says.
    #[mem_blocks(align = { 2 * LINE }, crate = renamed)]
    pub static BRACES: MemBlocks<[u8; 64], 4>;

    /// Of a type with a number below zero and an expression in it.
    #[mem_blocks(crate = renamed)]
    pub static EXPRESSION: MemBlocks<[Level<-1>; LINE.saturating_add(4)], 2>;

    /// At an address in parentheses.
    #[mem_blocks(align = (LINE), unsafe(address = (0x1000 + 0x1000)), crate = renamed)]
    pub static PARENTHESES: MemBlocks<[u8; 64], 4>;

    /// At an address that a block of code gives.
    #[mem_blocks(unsafe(address = { 0x1000 }), crate = renamed)]
    pub static BRACED_ADDRESS: MemBlocks<[u8; 64], 4>;

    /// In a static.
    #[mem_blocks(align = LINE, unsafe(buffer = MEMORY), crate = ::renamed)]
    pub static BUFFER: MemBlocks<[u8; 64], 4>;

    /// At an address.
    #[mem_blocks(align = LINE, unsafe(address = 0x2000_0000), crate = renamed)]
    pub static ADDRESS: MemBlocks<[u8; 64], 4>;
}

/// With a listener.
#[mem_blocks(listener = record, crate = renamed)]
pub static LISTENED: MemBlocks<[u8; 64], 4>;

/// Memory of an allocator with a listener.
static HEARD: BlockBuffer<[u8; 64], 4, LINE> = BlockBuffer::new();

define_mem_blocks! {
    /// With a listener of a type, and all else.
    #[mem_blocks(listener = Trace::record, align = LINE, unsafe(buffer = HEARD), crate = ::renamed)]
    pub static LISTENED_BUFFER: MemBlocks<[u8; 64], 4>;
}

packet_pool! {
    /// The packets of a stack.
    pub struct Packets(
        /// One of them.
        Packet
    ) = &PLAIN;

    struct Private(PrivatePacket) = &UNINIT;
}

/// Aligned to more than a COFF object file can say: refused on Windows.
#[cfg(large_align)]
#[mem_blocks(align = 16_384, crate = renamed)]
pub static LARGE: MemBlocks<[u8; 16_384], 1>;

/// What hears.
struct Trace;

impl Trace {
    /// Hears what an allocator does.
    const fn record(_: &RawMemBlocks, _: Event<'_>) {}
}

/// A value with a level.
#[derive(Debug)]
pub struct Level<const LEVEL: i8>(
    /// The value.
    pub u8,
);

/// A block that is aligned to more than that by itself.
#[cfg(large_align)]
#[repr(align(16_384))]
#[derive(Debug)]
pub struct Page([u8; 16_384]);

/// The same by the type of the block.
#[cfg(large_align)]
#[mem_blocks(crate = renamed)]
pub static PAGES: MemBlocks<Page, 1>;

/// Hears what an allocator does.
const fn record(_: &RawMemBlocks, _: Event<'_>) {}

/// The numbers of free blocks in allocators of a function's own, after some were taken and given back: so that there is
/// code for it, on every target.
#[must_use]
pub fn available() -> [usize; 3] {
    define_mem_blocks! {
        #[mem_blocks(align = 8, crate = renamed)]
        static WHOLE_WORD: MemBlocks<[u8; 64], 32>;
        #[mem_blocks(align = 8, crate = renamed)]
        static POOL: MemBlocks<[u8; 64], 4>;
        #[mem_blocks(align = 8, crate = renamed)]
        static WORDS: MemBlocks<[u8; 64], 40>;
    }
    drop((WHOLE_WORD.alloc(), POOL.alloc(), WORDS.alloc()));
    drop((POOL.alloc_scatter::<2>(2), POOL.alloc_contiguous(2), POOL.claim(..)));
    drop((Packets::allocate(), Private::allocate().map(PrivatePacket::into_block)));
    [WHOLE_WORD.available(), POOL.available(), WORDS.available()]
}
