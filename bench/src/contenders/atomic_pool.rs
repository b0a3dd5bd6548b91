//! `atomic-pool`: a bitmap that changes by compare-and-swap.

#![expect(clippy::manual_div_ceil, reason = "atomic-pool's own macro")]

use std::{marker::PhantomData, mem::MaybeUninit};

use atomic_pool::{Box, pool};

use crate::pool::{AllocRun, BLOCK, Contender, Exhausted, Pool, one_by_one};

#[derive(Debug)]
pub(crate) struct AtomicPools;

impl Contender for AtomicPools {
    const NAME: &str = "atomic-pool";

    type Of8 = Of<Pool8>;
    type Of32 = Of<Pool32>;
    type Of128 = Of<Pool128>;
    type Of1024 = Of<Pool1024>;
    type Of8192 = Of<Pool8192>;
}

/// Not initialised, so that `Box::new` has nothing to write.
type Bytes = MaybeUninit<[u8; BLOCK]>;

pool!(pub(crate) Pool8: [Bytes; 8]);
pool!(pub(crate) Pool32: [Bytes; 32]);
pool!(pub(crate) Pool128: [Bytes; 128]);
pool!(pub(crate) Pool1024: [Bytes; 1024]);
pool!(pub(crate) Pool8192: [Bytes; 8192]);

#[derive(Debug)]
pub(crate) struct Of<P>(PhantomData<P>);

impl<P: atomic_pool::Pool<Item = Bytes>> Pool for Of<P> {
    type Block = Box<P>;
    type Bulk<const K: usize> = [Box<P>; K];
    type Run = ();

    fn alloc() -> Result<Self::Block, Exhausted> {
        Box::new(MaybeUninit::uninit()).ok_or(Exhausted)
    }

    fn alloc_bulk<const K: usize>() -> Result<Self::Bulk<K>, Exhausted> {
        Ok(one_by_one::<Self, K>())
    }

    const ALLOC_RUN: Option<AllocRun<Self::Run>> = None;

    fn address(block: &Self::Block) -> usize {
        block.as_ptr().addr()
    }

    fn addresses<const K: usize>(blocks: &Self::Bulk<K>) -> impl Iterator<Item = usize> {
        blocks.iter().map(Self::address)
    }
}
