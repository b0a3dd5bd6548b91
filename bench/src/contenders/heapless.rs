//! `heapless::pool::boxed`: a lock-free free list, with the links beside the blocks.

use std::{iter, marker::PhantomData, mem::MaybeUninit};

use heapless::{
    box_pool,
    pool::boxed::{Box, BoxBlock, BoxPool},
};

use crate::pool::{AllocRun, BLOCK, Contender, Exhausted, Pool, one_by_one};

#[derive(Debug)]
pub(crate) struct HeaplessPools;

impl Contender for HeaplessPools {
    const NAME: &str = "heapless";

    type Of8 = Of<Pool8, 8>;
    type Of32 = Of<Pool32, 32>;
    type Of128 = Of<Pool128, 128>;
    type Of1024 = Of<Pool1024, 1024>;
    type Of8192 = Of<Pool8192, 8192>;
}

/// Not initialised, so that `alloc` has nothing to write.
type Bytes = MaybeUninit<[u8; BLOCK]>;

box_pool!(Pool8: Bytes);
box_pool!(Pool32: Bytes);
box_pool!(Pool128: Bytes);
box_pool!(Pool1024: Bytes);
box_pool!(Pool8192: Bytes);

#[derive(Debug)]
pub(crate) struct Of<P, const N: usize>(PhantomData<P>);

impl<P: BoxPool<Data = Bytes> + 'static, const N: usize> Pool for Of<P, N> {
    type Block = Box<P>;
    type Bulk<const K: usize> = [Box<P>; K];
    type Run = ();

    fn init() {
        let blocks: Vec<BoxBlock<Bytes>> = iter::repeat_with(BoxBlock::new).take(N).collect();
        // In descending order, so that the first one taken is the lowest.
        blocks.leak().iter_mut().rev().for_each(P::manage);
    }

    fn alloc() -> Result<Self::Block, Exhausted> {
        P::alloc(MaybeUninit::uninit()).map_err(|_| Exhausted)
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
