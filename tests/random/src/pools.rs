//! The pools: of every size with blocks of a power of two and with others, defined by the macro and built at run time.

use std::{iter, mem::MaybeUninit};

use bytemuck::Pod;
use mem_blocks::{Bitmap, MemBlocks, RawMemBlocks, bitmap_words, define_mem_blocks};

use crate::{
    handles::Handles,
    sequence::{self, Seed, Subject},
    tally::{Kind, Tally},
    value::Value,
};

/// Performs so many operations on handles of one pool.
type OnHandles = Box<dyn Fn(&str, u64, Seed) -> Result<Tally, String>>;

pub(crate) struct Pool {
    pub(crate) name: String,
    pub(crate) raw: &'static RawMemBlocks,
    pub(crate) handles: OnHandles,
}

/// What those are of which [`Pool::handles`] says how often.
pub(crate) const HANDLES: &[Kind] = Handles::<u8, 1>::KINDS;

impl Pool {
    fn new<B: Pod, const N: usize>(pool: &'static MemBlocks<Value<B>, N>, how: &str) -> Self {
        let raw = pool.raw();
        let name = format!("{N} of {} bytes, {how}", raw.block_size());
        let handles = move |name: &str, operations, seed| {
            sequence::run(name, &[raw], || Handles::new(pool), operations, seed)
        };
        Self { name, raw, handles: Box::new(handles) }
    }
}

macro_rules! pools {
    ($($blocks:literal: $($block:ty),*;)*) => {
        vec![$($(built!($block, $blocks), defined!($block, $blocks)),*),*]
    };
}

macro_rules! defined {
    ($block:ty, $blocks:literal) => {{
        define_mem_blocks! {
            static POOL: MemBlocks<Value<$block>, $blocks>;
        }
        Pool::new(&POOL, "defined")
    }};
}

macro_rules! built {
    ($block:ty, $blocks:literal) => {{
        let buffer: Box<[_]> = iter::repeat_with(MaybeUninit::uninit).take($blocks).collect();
        let buffer: Box<[_; $blocks]> = buffer.try_into().unwrap_or_else(|_| unreachable!());
        let bitmap = Box::leak(Box::new(Bitmap::<{ bitmap_words($blocks) }>::new()));
        let pool = MemBlocks::<Value<$block>, $blocks>::new(Box::leak(buffer), bitmap);
        Pool::new(Box::leak(Box::new(pool)), "built")
    }};
}

/// All of them. Call it once: those that are defined are there once.
///
/// Of two, the one that is built comes first: it has no summary, which might stay wrong after a failure, so that no
/// shorter sequence could be tried.
pub(crate) fn all() -> Vec<Pool> {
    pools! {
        1: [u64; 8], [u8; 3];
        2: u8, [u32; 3];
        31: u32, [u8; 100];
        32: [u64; 8], [u8; 3];
        33: u8, [u64; 192];
        63: u32, [u32; 3];
        64: [u64; 8], [u8; 3];
        65: u8, [u8; 100];
        100: u32, [u64; 192];
        1000: u32, [u32; 3];
        1024: u8, [u8; 3];
        1025: [u64; 8], [u8; 100];
    }
}

/// A pool that no sequence uses.
pub(crate) fn stranger() -> &'static RawMemBlocks {
    define_mem_blocks! {
        static STRANGER: MemBlocks<u32, 8>;
    }
    STRANGER.raw()
}
