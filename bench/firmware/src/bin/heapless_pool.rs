//! `heapless::pool::boxed`: a free list, which lies in the blocks; without a lock where the core has `ldrex`.

#![no_std]
#![no_main]

use core::{convert::Infallible, hint::black_box};

use heapless::{
    box_pool,
    pool::boxed::{Box, BoxBlock},
};
use peers::{BLOCKS, Bytes, Contender, Content, Lent, nothing, one_by_one, program};

box_pool!(Pool: Content);

static MEMORY: Lent<[BoxBlock<Content>; BLOCKS]> = Lent::new([const { BoxBlock::new() }; BLOCKS]);

struct Heapless;

impl Contender for Heapless {
    type Block = Box<Pool>;
    type Boxed = Box<Pool>;
    type Several<const K: usize> = [Option<Self::Block>; K];
    type Run = Infallible;

    const HAS_RUNS: bool = false;

    fn set_up() {
        // SAFETY: once.
        let blocks = unsafe { MEMORY.lend() };
        // One piece of code for all of them, whatever the number.
        for block in black_box(&mut blocks[..]) {
            Pool.manage(block);
        }
    }

    fn alloc() -> Option<Self::Block> {
        Pool.alloc(nothing()).ok()
    }

    fn boxed(value: &Bytes) -> Option<Self::Boxed> {
        Pool.alloc(Content::new(*value)).ok()
    }

    fn several<const K: usize>() -> Self::Several<K> {
        one_by_one::<Self, K>()
    }

    fn run() -> Option<Self::Run> {
        None
    }
}

program!(Heapless);
