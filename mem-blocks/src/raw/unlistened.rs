//! What is there instead of listeners without the feature `listener`: nothing.

use core::ops::Range;

use super::RawMemBlocks;
use crate::error::{AllocError, ClaimError, FreeError};

#[expect(clippy::unused_self, reason = "whoever has a listener, tells it")]
impl RawMemBlocks {
    #[inline]
    pub(super) const fn is_listened(&self) -> bool {
        false
    }

    #[inline]
    pub(super) fn tell_alloc_refused(&self, _: usize, _: AllocError) {}

    #[inline]
    pub(super) fn tell_claim_refused(&self, _: Range<usize>, _: ClaimError) {}

    #[inline]
    pub(super) fn tell_member(_: &[&Self], _: &[*mut u8], _: FreeError) {}

    #[inline]
    pub(super) fn tell_free_refused(&self, _: *mut u8, _: FreeError) {}
}
