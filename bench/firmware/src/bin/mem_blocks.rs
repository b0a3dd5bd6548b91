//! mem-blocks.

#![no_std]
#![no_main]

use core::mem::MaybeUninit;

use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};
use peers::{BLOCKS, Bytes, Contender, program};

#[mem_blocks]
static POOL: MemBlocks<Bytes, BLOCKS>;

struct Own;

impl Contender for Own {
    type Block = Block<MaybeUninit<Bytes>>;
    type Boxed = Block<Bytes>;
    type Several<const K: usize> = Option<Scatter<MaybeUninit<Bytes>, K>>;
    type Run = Run<MaybeUninit<Bytes>>;

    const HAS_RUNS: bool = true;

    fn alloc() -> Option<Self::Block> {
        POOL.alloc().ok()
    }

    fn boxed(value: &Bytes) -> Option<Self::Boxed> {
        POOL.alloc_with(|| *value).ok()
    }

    fn several<const K: usize>() -> Self::Several<K> {
        POOL.alloc_scatter(K).ok()
    }

    fn run() -> Option<Self::Run> {
        POOL.alloc_contiguous(4).ok()
    }
}

program!(Own);
