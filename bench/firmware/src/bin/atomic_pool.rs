//! atomic-pool: a bitmap of atomic words.

#![no_std]
#![no_main]
#![expect(clippy::manual_div_ceil, reason = "in the macro of atomic-pool")]

use core::convert::Infallible;

use atomic_pool::{Box, pool};
use peers::{BLOCKS, Bytes, Contender, Content, nothing, one_by_one, program};

pool!(Pool: [Content; BLOCKS]);

impl Contender for Pool {
    type Block = Box<Pool>;
    type Boxed = Box<Pool>;
    type Several<const K: usize> = [Option<Self::Block>; K];
    type Run = Infallible;

    const HAS_RUNS: bool = false;

    fn alloc() -> Option<Self::Block> {
        Box::new(nothing())
    }

    fn boxed(value: &Bytes) -> Option<Self::Boxed> {
        Box::new(Content::new(*value))
    }

    fn several<const K: usize>() -> Self::Several<K> {
        one_by_one::<Self, K>()
    }

    fn run() -> Option<Self::Run> {
        None
    }
}

program!(Pool);
