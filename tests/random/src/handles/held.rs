//! A handle, and what it must own.

use std::{mem::MaybeUninit, ops::Range};

use bytemuck::Pod;
use mem_blocks::{Block, RawMemBlocks, Run, Scatter};

use crate::{model, value::Value};

/// Blocks that a scatter has room for.
pub(crate) const MAX: usize = 40;

type Uninit<B> = MaybeUninit<Value<B>>;

/// Of every kind there is: with values, and without.
pub(crate) enum Handle<B: Pod> {
    EmptyBlock(Block<Uninit<B>>),
    Block(Block<Value<B>>),
    EmptyRun(Run<Uninit<B>>),
    Run(Run<Value<B>>),
    // In boxes, because they are much larger than the others.
    EmptyScatter(Box<Scatter<Uninit<B>, MAX>>),
    Scatter(Box<Scatter<Value<B>, MAX>>),
}

/// How a value comes into a block.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    Write,
    Zeroed,
    AssumeInit,
}

/// A handle, its blocks in ascending order, and the stamps of their values, if they have some.
pub(crate) struct Held<B: Pod> {
    pub(crate) handle: Handle<B>,
    pub(crate) blocks: Vec<usize>,
    pub(crate) stamps: Vec<u64>,
}

impl<B: Pod> Held<B> {
    pub(crate) fn block(block: Block<Uninit<B>>) -> Self {
        let blocks = vec![Block::index(&block)];
        Self { handle: Handle::EmptyBlock(block), blocks, stamps: Vec::new() }
    }

    pub(crate) fn run(run: Run<Uninit<B>>) -> Self {
        let blocks = Run::range(&run).collect();
        Self { handle: Handle::EmptyRun(run), blocks, stamps: Vec::new() }
    }

    pub(crate) fn scatter(pool: &RawMemBlocks, scatter: Scatter<Uninit<B>, MAX>) -> Self {
        let blocks = scatter.iter().map(|block| model::index(pool, block.as_ptr().cast()));
        let blocks = blocks.collect();
        Self { handle: Handle::EmptyScatter(Box::new(scatter)), blocks, stamps: Vec::new() }
    }

    /// Whether its blocks have no values.
    pub(crate) fn is_empty(&self) -> bool {
        use Handle::{EmptyBlock, EmptyRun, EmptyScatter};
        matches!(self.handle, EmptyBlock(_) | EmptyRun(_) | EmptyScatter(_))
    }

    /// Whether it is a run of values.
    pub(crate) fn is_run(&self) -> bool {
        matches!(self.handle, Handle::Run(_))
    }

    pub(crate) fn is_scatter(&self) -> bool {
        matches!(self.handle, Handle::EmptyScatter(_) | Handle::Scatter(_))
    }

    /// Writes a value to each block of a handle that has none.
    pub(crate) fn fill(self, how: How, stamps: Range<u64>) -> Self {
        let Self { handle, blocks, .. } = self;
        let stamps: Vec<u64> = stamps.collect();
        let value = |place: usize| Value::<B>::new(stamps[place]);
        let handle = match (handle, how) {
            (Handle::EmptyBlock(block), How::Write) => Handle::Block(Block::write(block, value(0))),
            (Handle::EmptyBlock(block), How::Zeroed) => {
                let mut block = Block::write_zeroed(block);
                stamp_zeros([&mut *block], &stamps);
                Handle::Block(block)
            }
            (Handle::EmptyBlock(mut block), How::AssumeInit) => {
                block.write(value(0));
                // SAFETY: written just now.
                Handle::Block(unsafe { Block::assume_init(block) })
            }
            (Handle::EmptyRun(run), How::Write) => Handle::Run(Run::write_with(run, value)),
            (Handle::EmptyRun(run), How::Zeroed) => {
                let mut run = Run::write_zeroed(run);
                stamp_zeros(&mut *run, &stamps);
                Handle::Run(run)
            }
            (Handle::EmptyRun(mut run), How::AssumeInit) => {
                for (place, block) in run.iter_mut().enumerate() {
                    block.write(value(place));
                }
                // SAFETY: written just now.
                Handle::Run(unsafe { Run::assume_init(run) })
            }
            (Handle::EmptyScatter(scatter), How::Write) => {
                Handle::Scatter(Box::new(Scatter::write_with(*scatter, value)))
            }
            (Handle::EmptyScatter(scatter), How::Zeroed) => {
                let mut scatter = Scatter::write_zeroed(*scatter);
                stamp_zeros(&mut scatter, &stamps);
                Handle::Scatter(Box::new(scatter))
            }
            (Handle::EmptyScatter(mut scatter), How::AssumeInit) => {
                for (place, block) in scatter.runs_mut().flatten().enumerate() {
                    block.write(value(place));
                }
                // SAFETY: written just now.
                Handle::Scatter(Box::new(unsafe { Scatter::assume_init(*scatter) }))
            }
            (handle, _) => return Self { handle, blocks, stamps: self.stamps },
        };
        Self { handle, blocks, stamps }
    }

    /// Panics unless it owns its blocks, and they hold their values.
    pub(crate) fn check(&self, pool: &RawMemBlocks) {
        let places: Vec<usize> = match &self.handle {
            Handle::EmptyBlock(block) => vec![Block::index(block)],
            Handle::EmptyRun(run) => Run::range(run).collect(),
            Handle::EmptyScatter(scatter) => {
                scatter.iter().map(|block| model::index(pool, block.as_ptr().cast())).collect()
            }
            Handle::Block(block) => self.check_values(pool, [&**block]),
            Handle::Run(run) => self.check_values(pool, run),
            Handle::Scatter(scatter) => {
                // As many runs as can be, and no more.
                let breaks = self.blocks.windows(2).filter(|two| two[0] + 1 != two[1]).count();
                let runs = if self.blocks.is_empty() { 0 } else { breaks + 1 };
                assert_eq!(scatter.runs().count(), runs, "runs of a scatter");
                assert_eq!(scatter.iter().len(), scatter.len(), "`len` of a scatter");
                self.check_values(pool, scatter.runs().flatten())
            }
        };
        assert_eq!(places, self.blocks, "the blocks of a handle");
    }

    /// Where values are that must have the stamps.
    fn check_values<'v>(
        &self,
        pool: &RawMemBlocks,
        values: impl IntoIterator<Item = &'v Value<B>>,
    ) -> Vec<usize> {
        let check = |(value, &stamp): (&'v Value<B>, &u64)| {
            let place = model::index(pool, (&raw const *value).cast());
            assert!(value.has(stamp), "block {place} holds another value than was written to it");
            place
        };
        values.into_iter().zip(&self.stamps).map(check).collect()
    }
}

/// Replaces zeros by stamps.
fn stamp_zeros<'v, B: Pod>(values: impl IntoIterator<Item = &'v mut Value<B>>, stamps: &[u64]) {
    for (value, &stamp) in values.into_iter().zip(stamps) {
        assert!(value.has(0), "not all zeros");
        value.stamp(stamp);
    }
}
