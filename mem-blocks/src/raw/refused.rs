//! Refusals: counted, where somebody asks for statistics, and told to the listener, if there is one.
//!
//! The operations of an allocator with a listener tell of what they refuse themselves. What is refused before they are
//! asked is told here, where it is decided, on a way that nobody takes who asks for what there can be.

use super::RawMemBlocks;
use crate::error::{AllocError, ClaimError, FreeError};

impl RawMemBlocks {
    /// Refuses a request for which there are not enough free blocks.
    #[inline]
    pub(crate) fn exhausted(&self) -> AllocError {
        self.tally.refused();
        AllocError::Exhausted
    }

    /// Refuses a request for more blocks than there can be.
    #[inline]
    pub(crate) fn exceeds_capacity(&self, count: usize) -> AllocError {
        self.tally.refused();
        if self.is_listened() {
            self.tell_alloc_refused(count, AllocError::ExceedsCapacity);
        }
        AllocError::ExceedsCapacity
    }

    /// Refuses a request for more blocks than there are.
    pub(super) fn check_capacity(&self, count: usize) -> Result<(), AllocError> {
        if count > self.num_blocks() { Err(self.exceeds_capacity(count)) } else { Ok(()) }
    }

    /// Refuses to take blocks that are not free.
    #[inline]
    pub(super) fn not_free(&self) -> ClaimError {
        self.tally.refused();
        ClaimError::Taken
    }

    /// Refuses to take what are no blocks.
    #[inline]
    pub(super) fn no_blocks(&self, error: ClaimError) -> ClaimError {
        self.tally.refused();
        if self.is_listened() {
            self.tell_claim_refused(0..0, error);
        }
        error
    }

    /// Refuses to give back blocks, because of what stands at `address`.
    #[inline]
    pub(super) fn refuse_free(&self, address: *mut u8, error: FreeError) -> FreeError {
        if self.is_listened() {
            self.tell_free_refused(address, error);
        }
        error
    }
}
