//! What an allocator does that is not one of a word of blocks without a listener: by a table of functions.

use core::fmt;
use core::ops::Range;

#[cfg(feature = "listener")]
use super::listened::Listened;
use super::{RawMemBlocks, many};
use crate::bitmap::{Bits, FULL, bitmap_words};
use crate::error::FreeError;
#[cfg(feature = "stats")]
use crate::tally::Counts;

/// The operations of an allocator with more than one word of blocks, or with a listener.
///
/// The descriptor points to it, so that a program without such an allocator has no code for them.
pub struct Operations {
    /// Whether the bitmap has a summary.
    pub(super) summed: bool,
    #[cfg(feature = "listener")]
    pub(super) listened: Option<Listened>,
    pub(super) take_lowest_in_turn: fn(&RawMemBlocks) -> Option<usize>,
    pub(super) take_in_word: fn(&RawMemBlocks, usize) -> (usize, Bits),
    pub(super) take_each: unsafe fn(&RawMemBlocks, *mut *mut u8, usize) -> bool,
    pub(super) take_run: fn(&RawMemBlocks, usize, usize) -> Option<Range<usize>>,
    pub(super) turn_over: fn(&RawMemBlocks, &Range<usize>, Expected) -> Result<(), usize>,
    pub(super) free_each: fn(&RawMemBlocks, &[*mut u8]) -> Result<(), FreeError>,
    pub(super) give_back_each: fn(&RawMemBlocks, &[*mut u8]),
    pub(super) give_back_one: fn(&RawMemBlocks, *mut u8),
    pub(super) give_back: fn(&RawMemBlocks, *mut u8, usize),
    pub(super) give_back_in_word: fn(&RawMemBlocks, usize, Bits),
    pub(super) is_free: fn(&RawMemBlocks, &Range<usize>) -> bool,
    pub(super) used: fn(&RawMemBlocks) -> usize,
    pub(super) largest_free_run: fn(&RawMemBlocks) -> usize,
    #[cfg(feature = "stats")]
    pub(super) counts: fn(&RawMemBlocks) -> (Counts, usize),
}

/// What blocks are found to be before they are turned over: bits that are set where that is no.
#[derive(Clone, Copy)]
pub(super) struct Expected(pub(super) Bits);

impl Expected {
    pub(super) const FREE: Self = Self(0);
    pub(super) const TAKEN: Self = Self(FULL);
}

impl Operations {
    /// Those of an allocator whose bitmap has `words` words, if it has any.
    pub(crate) const fn of(num_blocks: usize, words: usize) -> Option<&'static Self> {
        let without_summary = bitmap_words(num_blocks);
        if without_summary <= 1 {
            None
        } else if words > without_summary {
            Some(&many::SUMMED)
        } else {
            Some(&many::PLAIN)
        }
    }
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operations").finish_non_exhaustive()
    }
}
