//! What the lock protects: the taken blocks of one allocator. Each operation does all or nothing.

use core::ops::Range;

use crate::bitmap::{self, Word};

/// The bitmap of an allocator, as long as the lock is held.
pub(super) struct State<'k> {
    words: &'k mut [Word],
    num_blocks: usize,
}

impl<'k> State<'k> {
    #[inline]
    pub(super) const fn new(words: &'k mut [Word], num_blocks: usize) -> Self {
        Self { words, num_blocks }
    }

    /// Takes one block.
    #[inline]
    pub(super) fn take_one(&mut self) -> Option<usize> {
        bitmap::take_lowest(self.words, self.num_blocks)
    }

    /// Takes `count` blocks and tells `put` of each in ascending order, or takes none.
    pub(super) fn take_each(&mut self, count: usize, put: impl FnMut(usize)) -> bool {
        // Counted first, so that a refusal leaves `out` of the caller alone (I6).
        let enough = bitmap::has_free(self.words, self.num_blocks, count);
        if enough {
            bitmap::take_each(self.words, self.num_blocks, count, put);
        }
        enough
    }

    /// Takes the longest run of `min..=max` blocks. `min` is not zero.
    pub(super) fn take_run(&mut self, min: usize, max: usize) -> Option<Range<usize>> {
        let run = bitmap::find_run(self.words, self.num_blocks, min, max)?;
        bitmap::set_range(self.words, &run);
        Some(run)
    }

    /// Takes exactly these blocks, if all of them are free.
    pub(super) fn take_these(&mut self, range: &Range<usize>) -> bool {
        let free = bitmap::all_free(self.words, range);
        if free {
            bitmap::set_range(self.words, range);
        }
        free
    }

    /// Gives back one block, if it is taken.
    pub(super) fn give_back_checked(&mut self, index: usize) -> bool {
        bitmap::test_and_clear(self.words, index)
    }

    /// Takes a block again that `give_back_checked` has given back.
    pub(super) fn undo_give_back(&mut self, index: usize) {
        bitmap::set(self.words, index);
    }

    /// Gives back a run, if all of it is taken; else says which block is not.
    pub(super) fn give_back_run_checked(&mut self, range: &Range<usize>) -> Result<(), usize> {
        if let Some(index) = bitmap::first_free(self.words, range) {
            return Err(index);
        }
        bitmap::clear_range(self.words, range);
        Ok(())
    }

    /// Gives back one block that a handle owns.
    #[inline]
    pub(super) fn give_back_one(&mut self, index: usize) {
        bitmap::clear(self.words, index);
    }

    /// Gives back a run that a handle owns.
    pub(super) fn give_back_run(&mut self, range: &Range<usize>) {
        bitmap::clear_range(self.words, range);
    }

    /// Gives back blocks that a handle owns.
    pub(super) fn give_back_each(&mut self, indices: impl Iterator<Item = usize>) {
        bitmap::clear_each(self.words, indices);
    }

    pub(super) fn is_free(&self, range: &Range<usize>) -> bool {
        bitmap::all_free(self.words, range)
    }

    pub(super) fn used(&self) -> usize {
        bitmap::count_used(self.words)
    }

    pub(super) fn largest_free_run(&self) -> usize {
        bitmap::find_run(self.words, self.num_blocks, 1, self.num_blocks).map_or(0, |run| run.len())
    }

    /// Panics if a bit from `num_blocks` up is set (I1).
    pub(super) fn assert_valid(&self) {
        assert_eq!(self.words.len(), bitmap::bitmap_words(self.num_blocks));
        let beyond = self.num_blocks..self.words.len() * Word::BITS as usize;
        assert!(bitmap::all_free(self.words, &beyond), "a bit beyond the last block is set");
    }
}
