//! What is in a block, for the pools that want a value for every block.

use core::mem::MaybeUninit;

use crate::Bytes;

/// The content of a block, set or not.
pub type Content = MaybeUninit<Bytes>;

/// No content.
///
/// `MaybeUninit::uninit()` would be a constant: 64 bytes in flash, and a copy of them in every call.
#[must_use]
#[inline]
pub fn nothing() -> Content {
    let nothing = MaybeUninit::<Content>::uninit();
    // SAFETY: a `Content` need not be initialised.
    unsafe { nothing.as_ptr().read() }
}
