//! What the typed front and the handles are made of: blocks that have an owner, so that nothing is checked when they are
//! given back.

#[cfg(all(target_arch = "arm", target_os = "none"))]
use core::arch::asm;
use core::ops::{Range, RangeBounds};
use core::ptr::NonNull;

use super::RawMemBlocks;
use super::one::{self, One};
use super::operations::Expected;
use crate::bitmap::{self, Bits, WORD_BITS};
use crate::error::{AllocError, ClaimError};
use crate::geometry::{Geometry, Stride};

impl RawMemBlocks {
    /// Takes one block.
    ///
    /// # Safety
    ///
    /// `geometry` is the allocator's own, given as a constant where it is one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the constants are what makes it short")]
    pub(crate) unsafe fn take_one(&self, geometry: Geometry) -> Option<(&Self, NonNull<u8>)> {
        let is_listened = self.is_listened();
        let is_summed = self.is_summed();
        let this = self.by_address();
        let buffer = this.buffer;
        let is_one_word = geometry.num_blocks() <= WORD_BITS && !is_listened;
        let taken = if is_listened {
            None
        } else if is_one_word {
            One::of(this, geometry.num_blocks()).take_lowest()
        } else {
            this.take_lowest(geometry.num_blocks(), is_summed)
        };
        match taken {
            // SAFETY: I4, as in `address_of`: by the caller's promise (I9), the index is that of one
            // of the allocator's blocks and the offset where it starts.
            Some(index) => Some((this, unsafe { buffer.add(geometry.offset_of(index)) })),
            None if is_one_word => {
                self.exhausted();
                None
            }
            None => this.take_one_in_turn(),
        }
    }

    /// Takes one block, where something has come between, or there is none, or a listener.
    #[cold]
    #[inline(never)]
    fn take_one_in_turn(&self) -> Option<(&Self, NonNull<u8>)> {
        let taken = (self.operations?.take_lowest_in_turn)(self);
        if taken.is_none() {
            self.exhausted();
        }
        Some((self, self.address_of(taken?)))
    }

    /// The same allocator, as one of which the compiler knows nothing but its address.
    ///
    /// Of a named one it knows all, and makes each address by two instructions; to load two from the
    /// descriptor, whose address is in the handle anyway, takes one.
    #[inline]
    pub(super) fn by_address(&self) -> &Self {
        #[cfg(all(target_arch = "arm", target_os = "none"))]
        {
            let mut this: *const Self = self;
            // Not `ready!`, which stays: where nobody wants the address, this one is left out.
            // SAFETY: I12. There is no instruction in it.
            unsafe { asm!("/* {0} */", inout(reg) this, options(pure, nomem, nostack)) };
            // SAFETY: I12. It is what it was.
            unsafe { &*this }
        }
        #[cfg(not(all(target_arch = "arm", target_os = "none")))]
        self
    }

    /// Takes `count` blocks of one word, at least one: the index of the word's first block, and
    /// which. No block, if no word has as many free ones.
    #[inline]
    pub(crate) fn take_in_word(&self, count: usize) -> (usize, Bits) {
        match self.operations {
            None => (0, self.one().take_some(count)),
            Some(by) => (by.take_in_word)(self, count),
        }
    }

    /// Takes `count` blocks, where no word has as many that are free, and writes their addresses to
    /// `list`.
    ///
    /// # Safety
    ///
    /// The list has `count` entries, to which nobody else has access. With more than one word of blocks, it lies where
    /// every context that uses such a pool can reach it (I11).
    pub(crate) unsafe fn take_each(
        &self,
        list: *mut *mut u8,
        count: usize,
    ) -> Result<(), AllocError> {
        match self.operations {
            // SAFETY: I11, passed on to the caller.
            Some(by) if unsafe { (by.take_each)(self, list, count) } => Ok(()),
            _ => Err(self.exhausted()),
        }
    }

    /// Takes a run of `count` blocks; returns its start.
    ///
    /// # Safety
    ///
    /// As for [`take_one`](Self::take_one).
    #[inline]
    pub(crate) unsafe fn take_run(
        &self,
        count: usize,
        geometry: Geometry,
    ) -> Result<(&Self, NonNull<u8>), AllocError> {
        let operations = self.operations;
        let is_fast = geometry.num_blocks() <= WORD_BITS && !self.is_listened();
        let this = self.by_address();
        let buffer = this.buffer;
        if count == 0 {
            return Ok((this, buffer));
        }
        if count > geometry.num_blocks() {
            return Err(self.exceeds_capacity(count));
        }
        let start = if is_fast {
            One::of(this, geometry.num_blocks()).take(|free| {
                let start = bitmap::find_run(free, count)?;
                Some((start, bitmap::bits(start, count)))
            })
        } else {
            operations.and_then(|by| (by.take_run)(self, count, count)).map(|run| run.start)
        };
        match start {
            // SAFETY: I4, I9, as in `take_one`.
            Some(start) => Ok((this, unsafe { buffer.add(geometry.offset_of(start)) })),
            None => Err(self.exhausted()),
        }
    }

    /// Takes the longest run of `min..=max` blocks; returns its start and its length.
    pub(crate) fn take_run_in(
        &self,
        min: usize,
        max: usize,
    ) -> Result<(NonNull<u8>, usize), AllocError> {
        if max == 0 {
            return Ok((self.buffer, 0));
        }
        self.check_capacity(min)?;
        let max = max.min(self.num_blocks());
        // Where there is a listener, the operation has to know that no block is as good: that is no refusal.
        let least = if self.is_listened() { min } else { min.max(1) };
        let found = match self.operations {
            None => one::take_run(self, least, max),
            Some(by) => (by.take_run)(self, least, max).map(|run| (run.start, run.len())),
        };
        match found {
            Some((start, len)) => Ok((self.address_of(start), len)),
            None if min == 0 => Ok((self.buffer, 0)),
            None => Err(self.exhausted()),
        }
    }

    /// Takes the blocks with these indices; returns the start of the first and their number.
    pub(crate) fn take_range(
        &self,
        range: &impl RangeBounds<usize>,
    ) -> Result<(NonNull<u8>, usize), ClaimError> {
        let Some(range) = self.geometry.range(range) else {
            return Err(self.no_blocks(ClaimError::OutOfRange));
        };
        if range.is_empty() {
            // Nothing, but in its place; a place behind the buffer is the buffer's end.
            return Ok((self.address_of(range.start.min(self.num_blocks())), 0));
        }
        self.take_these(&range)?;
        Ok((self.address_of(range.start), range.len()))
    }

    /// Whether the blocks with these indices are all free; `false` for a range that is not inside.
    pub(crate) fn is_range_free(&self, range: &impl RangeBounds<usize>) -> bool {
        self.geometry.range(range).is_some_and(|range| range.is_empty() || self.are_free(&range))
    }

    /// Takes the `count` blocks from `first` on, at least one.
    pub(super) fn take_from(&self, first: *mut u8, count: usize) -> Result<(), ClaimError> {
        let Some(start) = self.index_of(first) else {
            let error =
                if self.owns(first) { ClaimError::NotBlockStart } else { ClaimError::OutOfRange };
            return Err(self.no_blocks(error));
        };
        if count > self.num_blocks() - start {
            return Err(self.no_blocks(ClaimError::OutOfRange));
        }
        self.take_these(&(start..start + count))
    }

    /// Takes these blocks, at least one and all of them inside.
    fn take_these(&self, range: &Range<usize>) -> Result<(), ClaimError> {
        let taken = match self.operations {
            None => one::claim(self, range),
            Some(by) => (by.turn_over)(self, range, Expected::FREE).is_ok(),
        };
        if taken { Ok(()) } else { Err(self.not_free()) }
    }

    /// Whether these blocks, at least one and all of them inside, are free.
    pub(super) fn are_free(&self, range: &Range<usize>) -> bool {
        match self.operations {
            None => one::is_free(self, range),
            Some(by) => (by.is_free)(self, range),
        }
    }

    /// The distance between blocks.
    #[inline]
    pub(crate) const fn stride(&self) -> Stride {
        self.geometry.stride()
    }

    /// The index of a block that this allocator has handed out.
    pub(crate) fn index_of_owned(&self, block: *const u8) -> usize {
        self.index_by(block, self.stride())
    }

    /// The same; `stride` is the allocator's own, given as a constant where it is one.
    #[inline]
    pub(crate) fn index_by(&self, block: *const u8, stride: Stride) -> usize {
        stride.quotient(self.offset(block))
    }

    /// Gives back one block, unchecked.
    ///
    /// # Safety
    ///
    /// This allocator has handed the block out to the caller, who gives it up (I2); `stride` is the
    /// allocator's own.
    #[inline]
    pub(crate) unsafe fn give_back_one(&self, block: NonNull<u8>, stride: Stride) {
        match self.operations {
            None => one::give_back_one(self, block.as_ptr(), stride),
            Some(by) => (by.give_back_one)(self, block.as_ptr()),
        }
    }

    /// Gives back adjacent blocks, unchecked.
    ///
    /// # Safety
    ///
    /// As for [`give_back_one`](Self::give_back_one).
    #[inline]
    pub(crate) unsafe fn give_back(&self, first: NonNull<u8>, count: usize, stride: Stride) {
        if count == 0 {
            return;
        }
        match self.operations {
            None => one::give_back(self, first.as_ptr(), count, stride),
            Some(by) => (by.give_back)(self, first.as_ptr(), count),
        }
    }

    /// Gives back blocks of one word, unchecked: `first` is the index of its first block.
    ///
    /// # Safety
    ///
    /// As for [`give_back_one`](Self::give_back_one).
    #[inline]
    pub(crate) unsafe fn give_back_in_word(&self, first: usize, blocks: Bits) {
        match self.operations {
            None => self.one().give_back(blocks),
            Some(by) => (by.give_back_in_word)(self, first, blocks),
        }
    }

    /// Gives back the blocks at these addresses, unchecked: what [`take_each`](Self::take_each) took.
    ///
    /// # Safety
    ///
    /// As for [`give_back_one`](Self::give_back_one).
    #[inline]
    pub(crate) unsafe fn give_back_each(&self, blocks: &[*mut u8]) {
        // There are such blocks of a pool of more than one word alone.
        if let Some(by) = self.operations {
            (by.give_back_each)(self, blocks);
        }
    }
}
