//! What is measured of a contender.

use core::array;

use crate::Bytes;

/// A pool of `BLOCKS` blocks, or a heap with room for them: the only one of its program, and so without `self`.
///
/// What the functions give is given back when it is dropped.
pub trait Contender {
    /// A block whose content is not set.
    type Block;
    /// A block with a value.
    type Boxed;
    /// `K` blocks.
    type Several<const K: usize>: Complete;
    /// Adjacent blocks.
    type Run;

    /// Whether it can give adjacent blocks.
    const HAS_RUNS: bool;

    /// What has to run before the first call.
    fn set_up() {}

    fn alloc() -> Option<Self::Block>;

    fn boxed(value: &Bytes) -> Option<Self::Boxed>;

    fn several<const K: usize>() -> Self::Several<K>;

    /// Four adjacent blocks.
    fn run() -> Option<Self::Run>;
}

/// Whether all that was asked for is there.
pub trait Complete {
    fn is_complete(&self) -> bool;
}

impl<T> Complete for Option<T> {
    fn is_complete(&self) -> bool {
        self.is_some()
    }
}

impl<T: Complete, const K: usize> Complete for [T; K] {
    fn is_complete(&self) -> bool {
        self.iter().all(T::is_complete)
    }
}

/// Several blocks from a contender that gives one a call.
#[must_use]
pub fn one_by_one<C: Contender, const K: usize>() -> [Option<C::Block>; K] {
    array::from_fn(|_| C::alloc())
}
