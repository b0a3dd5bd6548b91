//! What a contender has to be able to do.

use std::{error::Error, fmt};

/// The bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// How many adjacent blocks a run is.
pub(crate) const RUN: usize = 4;

/// There was no block left. In a benchmark that is a mistake: every workload fits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exhausted;

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no block left")
    }
}

impl Error for Exhausted {}

/// A function that takes a run.
pub(crate) type AllocRun<Run> = fn() -> Result<Run, Exhausted>;

/// A fixed number of blocks of [`BLOCK`] bytes, for the whole program.
///
/// Blocks are owned by handles that give them back when they are dropped. Where a contender has no such handle, it gets
/// one here: then the same source is measured for all.
pub(crate) trait Pool: 'static {
    /// One block.
    type Block: Send;

    /// `K` blocks that are taken together, and given back together.
    type Bulk<const K: usize>;

    /// [`RUN`] adjacent blocks, or as many bytes.
    type Run;

    /// Hands over the memory, where it is not there from the start. Called once, before all else.
    fn init() {}

    /// Takes one block. Nothing is written to it.
    fn alloc() -> Result<Self::Block, Exhausted>;

    /// Takes `K` blocks.
    fn alloc_bulk<const K: usize>() -> Result<Self::Bulk<K>, Exhausted>;

    /// Takes a run. `None` where there is no such thing.
    const ALLOC_RUN: Option<AllocRun<Self::Run>>;

    /// Where a block lies.
    fn address(block: &Self::Block) -> usize;

    /// Where each of several blocks lies.
    fn addresses<const K: usize>(blocks: &Self::Bulk<K>) -> impl Iterator<Item = usize>;
}

/// The pools of a contender, by number of blocks.
pub(crate) trait Contender {
    /// Its column in the tables.
    const NAME: &str;

    type Of8: Pool;
    type Of32: Pool;
    type Of128: Pool;
    type Of1024: Pool;
    type Of8192: Pool;
}

/// `K` blocks one after the other, for those that have no call for several.
///
/// A user would have to look out for a missing block, and to give back the others. Here it ends the program, which costs
/// the contender nothing.
pub(crate) fn one_by_one<P: Pool, const K: usize>() -> [P::Block; K] {
    std::array::from_fn(|_| P::alloc().expect("every workload fits"))
}
