//! The allocators that scripts are about.

use std::mem::MaybeUninit;
use std::sync::OnceLock;

use arbitrary::Arbitrary;
use mem_blocks::{Bitmap, Group, MemBlocks, bitmap_words, choose, define_mem_blocks};
use serde::{Deserialize, Serialize};
use static_cell::ConstStaticCell;

use crate::front::Front;

/// An allocator by its number of blocks.
#[derive(Arbitrary, Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Pool {
    Of1,
    Of2,
    Of31,
    Of32,
    Of33,
    Of65,
    Of100,
    Of1025,
    /// Built at run time: its bitmap has no summary.
    Built20,
    Built100,
}

define_mem_blocks! {
    static OF_1: MemBlocks<[u8; 1536], 1>;
    static OF_2: MemBlocks<[u8; 16], 2>;
    static OF_31: MemBlocks<[u8; 7], 31>;
    #[mem_blocks(align = 8)]
    static OF_32: MemBlocks<[u8; 24], 32>;
    #[mem_blocks(align = 64)]
    static OF_33: MemBlocks<[u8; 64], 33>;
    static OF_65: MemBlocks<[u8; 5], 65>;
    static OF_100: MemBlocks<[u8; 32], 100>;
    static OF_1025: MemBlocks<[u8; 3], 1025>;
}

/// The group's members, as they stand in it.
pub(crate) const MEMBERS: [Pool; 3] = [Pool::Of33, Pool::Of2, Pool::Of31];

pub(crate) static GROUP: Group<usize, 3> =
    Group::new([OF_33.raw(), OF_2.raw(), OF_31.raw()], choose::smallest_fit_or_larger);

impl Pool {
    pub(crate) const ALL: [Self; 10] = [
        Self::Of1,
        Self::Of2,
        Self::Of31,
        Self::Of32,
        Self::Of33,
        Self::Of65,
        Self::Of100,
        Self::Of1025,
        Self::Built20,
        Self::Built100,
    ];

    pub(crate) fn front(self) -> &'static dyn Front {
        static BUILT_20: OnceLock<MemBlocks<[u8; 12], 20>> = OnceLock::new();
        static BUILT_100: OnceLock<MemBlocks<[u8; 1], 100>> = OnceLock::new();
        match self {
            Self::Of1 => &OF_1,
            Self::Of2 => &OF_2,
            Self::Of31 => &OF_31,
            Self::Of32 => &OF_32,
            Self::Of33 => &OF_33,
            Self::Of65 => &OF_65,
            Self::Of100 => &OF_100,
            Self::Of1025 => &OF_1025,
            Self::Built20 => BUILT_20.get_or_init(|| {
                static BUFFER: ConstStaticCell<[MaybeUninit<[u8; 12]>; 20]> =
                    ConstStaticCell::new([MaybeUninit::uninit(); 20]);
                static BITMAP: ConstStaticCell<Bitmap<{ bitmap_words(20) }>> =
                    ConstStaticCell::new(Bitmap::new());
                MemBlocks::new(BUFFER.take(), BITMAP.take())
            }),
            Self::Built100 => BUILT_100.get_or_init(|| {
                static BUFFER: ConstStaticCell<[MaybeUninit<[u8; 1]>; 100]> =
                    ConstStaticCell::new([MaybeUninit::uninit(); 100]);
                static BITMAP: ConstStaticCell<Bitmap<{ bitmap_words(100) }>> =
                    ConstStaticCell::new(Bitmap::new());
                MemBlocks::new(BUFFER.take(), BITMAP.take())
            }),
        }
    }

    /// Where a block would start, if there were one.
    pub(crate) fn block(self, index: usize) -> *mut u8 {
        let raw = self.front().raw();
        raw.buffer().cast::<u8>().wrapping_add(index.wrapping_mul(raw.block_size()))
    }
}
