//! Definitions written by the macros of others: every part of them can be a fragment.

use mem_blocks::{BlockBuffer, MemBlocks, define_mem_blocks, mem_blocks};

/// What a HAL does that hands out its own macro.
mod hal {
    pub(crate) use ::mem_blocks;

    macro_rules! dma_pool {
        ($(#[$meta:meta])* $vis:vis static $name:ident: [$block:ty; $count:expr], $align:expr, $section:literal;) => {
            $crate::hal::mem_blocks::define_mem_blocks! {
                $(#[$meta])*
                #[mem_blocks(align = $align, unsafe(section = $section), crate = $crate::hal::mem_blocks)]
                $vis static $name: $crate::hal::mem_blocks::MemBlocks<$block, { $count }>;
            }
        };
    }

    pub(crate) use dma_pool;
}

hal::dma_pool! {
    /// Documented.
    pub(crate) static DMA: [[u8; 64]; 2 + 2], 16 * 2, ".dma";
}

macro_rules! pool {
    ($vis:vis $name:ident: $ty:ty $(, $option:meta)*) => {
        #[mem_blocks($($option),*)]
        $vis static $name: $ty;
    };
}

pool!(pub(crate) TYPE: MemBlocks<[u8; 64], 4>);
pool!(OPTIONS: MemBlocks<[u8; 64], 4>, align = 64, uninit);

macro_rules! pools {
    ($($tokens:tt)*) => {
        define_mem_blocks! { $($tokens)* }
    };
}

pools! {
    static TOKENS: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = 1 << 4)]
    static MORE_TOKENS: MemBlocks<[u8; 64], 4>;
}

macro_rules! attributed {
    ($meta:meta, $name:ident) => {
        #[$meta]
        static $name: MemBlocks<[u8; 64], 4>;
    };
}

attributed!(mem_blocks(align = 32), ATTRIBUTE);

macro_rules! listed {
    ($meta:meta, $name:ident) => {
        define_mem_blocks! {
            #[$meta]
            static $name: MemBlocks<[u8; 64], 4>;
        }
    };
}

listed!(mem_blocks(align = 32), LISTED);

macro_rules! items {
    ($($item:item)*) => {
        define_mem_blocks! { $($item)* }
    };
}

items! {
    /// Documented.
    static DOCUMENTED: MemBlocks<[u8; 64], 4>;
    #[allow(non_upper_case_globals)]
    static allowed: MemBlocks<[u8; 64], 4>;
    /// Documented.
    #[mem_blocks(align = 64, uninit)]
    #[allow(dead_code)]
    pub(crate) static ITEM: MemBlocks<[u8; 64], 4>;
    static PLAIN: MemBlocks<[u8; 64], 4>;
}

/// An item is a group in a group here.
macro_rules! items_again {
    ($($item:item)*) => {
        items! { $($item)* }
    };
}

items_again! {
    /// Documented.
    #[mem_blocks(align = 64)]
    pub(crate) static AGAIN: MemBlocks<[u8; 64], 4>;
}

macro_rules! completed {
    ($item:item) => {
        #[mem_blocks(align = 64)]
        $item
    };
}

completed! {
    /// Documented.
    #[allow(dead_code)]
    pub(crate) static COMPLETED: MemBlocks<[u8; 64], 4>;
}

static MEMORY: BlockBuffer<[u8; 64], 4> = BlockBuffer::new();

macro_rules! in_memory {
    ($name:ident, $buffer:path, $runtime:path, $align:literal) => {
        #[mem_blocks(unsafe(buffer = $buffer), crate = $runtime, align = $align)]
        static $name: MemBlocks<[u8; 64], 4>;
    };
}

in_memory!(PATH, MEMORY, hal::mem_blocks, 4);

macro_rules! at {
    ($name:ident, $address:expr) => {
        #[mem_blocks(unsafe(address = $address))]
        static $name: MemBlocks<[u8; 64], 4>;
    };
}

at!(ADDRESS, 0x1000 + 0x40);

/// The name, and everything around it, comes from the macro.
macro_rules! inside {
    ($count:expr) => {{
        #[mem_blocks]
        static POOL: MemBlocks<[u8; 64], { $count }>;
        POOL.available()
    }};
}

#[test]
fn a_macro_of_a_hal_defines_an_allocator() {
    assert_eq!(DMA.available(), 4);
    assert_eq!(DMA.raw().buffer().cast::<u8>().addr() % 32, 0);
}

#[test]
fn name_visibility_type_and_options_are_fragments() {
    assert_eq!(TYPE.available(), 4);
    assert_eq!(OPTIONS.raw().buffer().cast::<u8>().addr() % 64, 0);
    assert_eq!(PATH.raw().buffer().cast::<u8>().addr(), MEMORY.as_ptr().addr());
    assert_eq!(ADDRESS.raw().buffer().cast::<u8>().addr(), 0x1040);
}

#[test]
fn the_attribute_is_a_fragment() {
    assert_eq!(ATTRIBUTE.available() + LISTED.available(), 8);
}

#[test]
fn items_are_passed_through_as_tokens() {
    assert_eq!(TOKENS.available() + MORE_TOKENS.available(), 8);
}

#[test]
fn items_are_fragments_with_their_attributes() {
    assert_eq!(DOCUMENTED.available() + allowed.available() + PLAIN.available(), 12);
    for pool in [&ITEM, &AGAIN, &COMPLETED] {
        assert_eq!(pool.raw().buffer().cast::<u8>().addr() % 64, 0);
    }
}

#[test]
fn allocators_inside_of_expressions_do_not_collide() {
    assert_eq!(inside!(2) + inside!(3), 5);
}
