//! What can only be a doctest. All else in this package is in its other files.

/// The programs in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

/// A program that builds a pool of 40 blocks on a bitmap of so many words: it compiles with two of them alone. What is
/// wrong with others is found where the function is compiled, so no test that asks the compiler for its messages sees it.
macro_rules! on_a_bitmap_of {
    ($words:literal, $name:ident, $outcome:literal) => {
        #[cfg(doctest)]
        #[doc = concat!("```", $outcome)]
        /// use core::mem::MaybeUninit;
        /// use mem_blocks::{Bitmap, MemBlocks};
        ///
        /// fn build(
        ///     buffer: &'static mut [MaybeUninit<u32>; 40],
        #[doc = concat!("    bitmap: &'static mut Bitmap<", $words, ">,")]
        /// ) -> MemBlocks<u32, 40> {
        ///     MemBlocks::new(buffer, bitmap)
        /// }
        ///
        /// fn main() {
        ///     core::hint::black_box(build as fn(_, _) -> _);
        /// }
        /// ```
        mod $name {}
    };
}

on_a_bitmap_of!(1, bitmap_that_is_too_small, "compile_fail,E0080");
on_a_bitmap_of!(2, bitmap_that_fits, "");
on_a_bitmap_of!(3, bitmap_that_is_too_large, "compile_fail,E0080");
