//! A HAL: its users have `mem_blocks` from here, and from nowhere else.
#![no_std]

pub use mem_blocks;

/// A pool that the DMA reaches: every part of the definition is a fragment that the user hands over.
#[macro_export]
macro_rules! dma_pool {
    (
        $(#[$meta:meta])*
        $vis:vis $name:ident: $ty:ty, align = $align:expr, section = $section:literal
    ) => {
        $crate::mem_blocks::define_mem_blocks! {
            $(#[$meta])*
            #[mem_blocks(align = $align, unsafe(section = $section), crate = $crate::mem_blocks)]
            $vis static $name: $ty;
        }
    };
}

/// A pool with the options that the user hands over, one fragment each.
#[macro_export]
macro_rules! pool_with {
    ($name:ident: $ty:ty $(, $option:meta)*) => {
        #[$crate::mem_blocks::mem_blocks($($option,)* crate = $crate::mem_blocks)]
        static $name: $ty;
    };
}

/// A pool with the options that the user hands over, as they are.
#[macro_export]
macro_rules! pool_of {
    ([$($options:tt)*] $block:ty, $count:expr => $name:ident) => {
        #[$crate::mem_blocks::mem_blocks($($options)*, crate = $crate::mem_blocks)]
        static $name: $crate::mem_blocks::MemBlocks<$block, { $count }>;
    };
}

/// A pool and its memory, both with names of the user's.
#[macro_export]
macro_rules! pool_in {
    ($name:ident in $buffer:ident: [$block:ty; $count:literal]) => {
        #[$crate::mem_blocks::mem_blocks(unsafe(buffer = $buffer), crate = $crate::mem_blocks)]
        static $name: $crate::mem_blocks::MemBlocks<$block, $count>;
        static $buffer: $crate::mem_blocks::BlockBuffer<$block, $count> =
            $crate::mem_blocks::BlockBuffer::new();
    };
}
