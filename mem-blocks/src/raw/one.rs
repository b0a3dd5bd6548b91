//! Pools of up to one word of blocks: each operation is one look at the word and one exchange.
//!
//! Whatever is decided is decided on one value of the word, so no refusal is false; and whatever
//! changes changes at once: all or nothing, for any number of blocks.

use core::hint::assert_unchecked;
use core::ops::Range;

use super::RawMemBlocks;
use crate::bitmap::{self, Bits, WORD_BITS};
use crate::error::FreeError;
use crate::geometry::Stride;
#[cfg(feature = "stats")]
use crate::lock;
use crate::lock::Word;
#[cfg(feature = "stats")]
use crate::tally::Counts;
use crate::tally::Tallied;

/// The bitmap of a pool of up to one word of blocks.
#[derive(Clone, Copy)]
pub(super) struct One<'a> {
    word: &'a Word,
    num_blocks: usize,
    tally: Tallied,
}

impl<'a> One<'a> {
    /// `num_blocks` is the pool's own, given as a constant where it is one.
    #[inline]
    pub(super) fn of(pool: &'a RawMemBlocks, num_blocks: usize) -> Self {
        Self { word: pool.word(0), num_blocks, tally: pool.tally }
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
        let note = self.tally.taken(1);
        let all = bitmap::lowest(self.num_blocks);
        let free = self.word.set_lowest(all, |key| note.down(key));
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
            let note = self.tally.taken(chosen.count_ones() as usize);
            if self.word.exchange(seen, seen | chosen, |key| note.down(key)) {
                return Some(result);
            }
        }
    }

    /// Gives back blocks, all of which are taken.
    #[inline]
    pub(super) fn give_back(self, blocks: Bits) {
        let note = self.tally.given_back(blocks.count_ones() as usize);
        self.word.clear(blocks, |key| note.down(key));
    }

    /// Gives back one block, if it is taken.
    #[inline]
    pub(super) fn give_back_one(self, block: Bits) -> bool {
        let note = self.tally.given_back(1);
        self.word.clear_one(block, |key| note.down(key))
    }

    /// Gives back blocks if all of them are taken; else says which are not.
    #[inline]
    pub(super) fn give_back_checked(self, blocks: Bits) -> Result<(), Bits> {
        let note = self.tally.given_back(blocks.count_ones() as usize);
        self.word.clear_checked(blocks, |key| note.down(key))
    }
}

/// Takes the longest run of `min..=max` blocks: its start and its length. `min` is not zero, and `max` not
/// above the number of blocks.
#[inline]
pub(super) fn take_run(pool: &RawMemBlocks, min: usize, max: usize) -> Option<(usize, usize)> {
    pool.one().take(|free| {
        let (start, len) = bitmap::longest_run(free, min, max)?;
        Some(((start, len), bitmap::bits(start, len)))
    })
}

/// Takes these blocks, if all of them are free.
#[inline]
pub(super) fn claim(pool: &RawMemBlocks, range: &Range<usize>) -> bool {
    let blocks = bitmap::bits(range.start, range.len());
    pool.one().take(|free| (free & blocks == blocks).then_some(((), blocks))).is_some()
}

/// Gives back these blocks, if all of them are taken; else says which is not.
#[inline]
pub(super) fn free_run(pool: &RawMemBlocks, range: &Range<usize>) -> Result<(), usize> {
    let freed = pool.one().give_back_checked(bitmap::bits(range.start, range.len()));
    freed.map_err(|free| free.trailing_zeros() as usize)
}

/// Gives back blocks if each is taken and stands in the list once; else says which entry is wrong.
#[inline]
pub(super) fn free_each(pool: &RawMemBlocks, blocks: &[*mut u8]) -> Result<(), FreeError> {
    let freed = match pool.bits_of(blocks) {
        Some(bits) => pool.one().give_back_checked(bits),
        None => Err(pool.one().free()),
    };
    freed.map_err(|free| pool.refusal(blocks, free))
}

/// Gives back one block, which is taken; `stride` is the pool's own, given as a constant where it is one.
#[inline]
pub(super) fn give_back_one(pool: &RawMemBlocks, block: *mut u8, stride: Stride) {
    let index = pool.index_by(block, stride);
    // SAFETY: I2, I4. So many blocks has an allocator at most that has one word of them (I9).
    unsafe { assert_unchecked(index < WORD_BITS) };
    pool.one().give_back(bitmap::bit(index));
}

/// Gives back adjacent blocks, at least one, all of which are taken.
#[inline]
pub(super) fn give_back(pool: &RawMemBlocks, first: *mut u8, count: usize, stride: Stride) {
    let start = pool.index_by(first, stride);
    // SAFETY: I2, I4, I9, as for one.
    unsafe { assert_unchecked(start < WORD_BITS && count <= WORD_BITS) };
    pool.one().give_back(bitmap::bits(start, count));
}

#[inline]
pub(super) fn is_free(pool: &RawMemBlocks, range: &Range<usize>) -> bool {
    let blocks = bitmap::bits(range.start, range.len());
    pool.one().free() & blocks == blocks
}

#[inline]
pub(super) fn used(pool: &RawMemBlocks) -> usize {
    pool.num_blocks() - pool.one().free().count_ones() as usize
}

#[inline]
pub(super) fn largest_free_run(pool: &RawMemBlocks) -> usize {
    longest_run_of(pool.one().free(), pool.num_blocks())
}

fn longest_run_of(free: Bits, num_blocks: usize) -> usize {
    bitmap::longest_run(free, 1, num_blocks).map_or(0, |(_, len)| len)
}

/// The counts, and the largest free run, at one moment.
#[cfg(feature = "stats")]
pub(super) fn counts(pool: &RawMemBlocks) -> (Counts, usize) {
    let one = pool.one();
    let (counts, free) = lock::with(|key| (*one.tally.counts(key), one.free()));
    (counts, longest_run_of(free, pool.num_blocks()))
}
