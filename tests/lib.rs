//! What can only be a doctest. All else in this package is in its other files.

/// The programs in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// A bitmap with more words than the blocks need is refused, as one with fewer is:
///
/// ```compile_fail,E0080
/// use core::mem::MaybeUninit;
/// use mem_blocks::{Bitmap, MemBlocks};
///
/// fn build(
///     buffer: &'static mut [MaybeUninit<u32>; 32],
///     bitmap: &'static mut Bitmap<2>,
/// ) -> MemBlocks<u32, 32> {
///     MemBlocks::new(buffer, bitmap)
/// }
///
/// fn main() {
///     core::hint::black_box(build as fn(_, _) -> _);
/// }
/// ```
#[cfg(doctest)]
mod bitmap_size {}
