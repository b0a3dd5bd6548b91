//! This crate: typed pools, blocks by handle.

use std::mem::MaybeUninit;

use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};

use crate::pool::{AllocRun, BLOCK, Contender, Exhausted, Pool, RUN};

#[derive(Debug)]
pub(crate) struct MemBlocksPools;

impl Contender for MemBlocksPools {
    const NAME: &str = "mem-blocks";

    type Of8 = Of<8>;
    type Of32 = Of<32>;
    type Of128 = Of<128>;
    type Of1024 = Of<1024>;
    type Of8192 = Of<8192>;
}

type Bytes = MaybeUninit<[u8; BLOCK]>;

#[derive(Debug)]
pub(crate) struct Of<const N: usize>;

/// Has a `static`, which a generic type cannot have.
trait Home<const N: usize> {
    fn pool() -> &'static MemBlocks<[u8; BLOCK], N>;
}

macro_rules! homes {
    ($($blocks:literal),+) => {$(
        impl Home<$blocks> for Of<$blocks> {
            #[inline]
            fn pool() -> &'static MemBlocks<[u8; BLOCK], $blocks> {
                #[mem_blocks]
                static POOL: MemBlocks<[u8; BLOCK], $blocks>;
                &POOL
            }
        }
    )+};
}

homes!(8, 32, 128, 1024, 8192);

impl<const N: usize> Pool for Of<N>
where
    Self: Home<N>,
{
    type Block = Block<Bytes>;
    type Bulk<const K: usize> = Scatter<Bytes, K>;
    type Run = Run<Bytes>;

    fn alloc() -> Result<Self::Block, Exhausted> {
        Self::pool().alloc().map_err(|_| Exhausted)
    }

    fn alloc_bulk<const K: usize>() -> Result<Self::Bulk<K>, Exhausted> {
        Self::pool().alloc_scatter::<K>(K).map_err(|_| Exhausted)
    }

    const ALLOC_RUN: Option<AllocRun<Self::Run>> =
        Some(|| Self::pool().alloc_contiguous(RUN).map_err(|_| Exhausted));

    fn address(block: &Self::Block) -> usize {
        block.as_ptr().addr()
    }

    fn addresses<const K: usize>(blocks: &Self::Bulk<K>) -> impl Iterator<Item = usize> {
        blocks.iter().map(|block| block.as_ptr().addr())
    }
}
