//! Pools of up to one word of blocks: each operation is one look at the word and one exchange.
//!
//! Whatever is decided is decided on one value of the word, so no refusal is false; and whatever
//! changes changes at once: all or nothing, for any number of blocks.

use crate::bitmap::{self, Bits};
use crate::lock::Word;

/// The bitmap of a pool of up to one word of blocks.
#[derive(Clone, Copy)]
pub(super) struct One<'a> {
    word: &'a Word,
    num_blocks: usize,
}

impl<'a> One<'a> {
    #[inline]
    pub(super) const fn new(word: &'a Word, num_blocks: usize) -> Self {
        Self { word, num_blocks }
    }

    /// The free blocks as set bits.
    #[inline]
    pub(super) fn free(self) -> Bits {
        self.free_of(self.word.load())
    }

    #[inline]
    const fn free_of(self, seen: Bits) -> Bits {
        bitmap::clear(seen, bitmap::lowest(self.num_blocks))
    }

    /// Takes the lowest free block.
    #[inline]
    pub(super) fn take_lowest(self) -> Option<usize> {
        let free = self.word.set_lowest(bitmap::lowest(self.num_blocks));
        if free == 0 { None } else { Some(free.trailing_zeros() as usize) }
    }

    /// Takes the lowest `count` blocks, at least one; none, if not as many are free.
    pub(super) fn take_some(self, count: usize) -> Bits {
        self.take(|free| bitmap::lowest_set(free, count).map(|blocks| (blocks, blocks)))
            .unwrap_or(0)
    }

    /// Takes the blocks that `choose` picks of the free ones, and returns what it says of them.
    #[inline]
    pub(super) fn take<R>(self, choose: impl Fn(Bits) -> Option<(R, Bits)>) -> Option<R> {
        loop {
            let seen = self.word.load();
            let (result, chosen) = choose(self.free_of(seen))?;
            if self.word.exchange(seen, seen | chosen) {
                return Some(result);
            }
        }
    }

    /// Gives back blocks, all of which are taken.
    #[inline]
    pub(super) fn give_back(self, blocks: Bits) {
        self.word.clear(blocks);
    }

    /// Gives back one block, if it is taken.
    #[inline]
    pub(super) fn give_back_one(self, block: Bits) -> bool {
        self.word.clear_one(block)
    }

    /// Gives back blocks if all of them are taken; else says which are not.
    #[inline]
    pub(super) fn give_back_checked(self, blocks: Bits) -> Result<(), Bits> {
        self.word.clear_checked(blocks)
    }
}
