//! What generated code names. Not part of the interface: it changes without notice.
//!
//! The `check_*` functions judge what the macros cannot: values that are named constants, and what
//! hides behind the name of a type. Generated code calls each from a `const` whose span is the
//! user's expression, and `#[track_caller]` makes that the place of the error.

use core::convert::Infallible;
use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::bitmap::bitmap_words;
use crate::buffer::{Alignment, MAX_ALIGN, SupportedAlignment};
use crate::geometry::{Geometry, GeometryError};
use crate::mem_blocks::MemBlocks;
use crate::raw::RawMemBlocks;

pub use crate::buffer::BlockBuffer;
pub use crate::raw::Bitmap;

/// What a definition needs to know of the type that was written.
///
/// Generated code names it as seldom as it can, always at the place of the type, and never as the
/// bound of a function: then the compiler, which drops an error that it has reported already, has
/// one error for a type that is no `MemBlocks`.
#[diagnostic::on_unimplemented(
    message = "the type of an allocator must be a `MemBlocks`, found `{Self}`",
    label = "not a `MemBlocks`",
    note = "write `MemBlocks<BLOCK, NUMBER_OF_BLOCKS>`, such as `MemBlocks<[u8; 64], 4>`"
)]
pub trait Definition: sealed::Sealed {
    /// What a block holds.
    type Block;
    /// The rest, as numbers.
    const SHAPE: Shape;
}

mod sealed {
    pub trait Sealed {}
}

impl<T, const N: usize> sealed::Sealed for MemBlocks<T, N> {}

impl<T, const N: usize> Definition for MemBlocks<T, N> {
    type Block = T;
    const SHAPE: Shape =
        Shape { block_size: size_of::<T>(), block_align: align_of::<T>(), num_blocks: N };
}

/// The numbers of a definition; not judged yet.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    block_size: usize,
    block_align: usize,
    num_blocks: usize,
}

impl Shape {
    /// The number of blocks that was written.
    #[must_use]
    pub const fn num_blocks(self) -> usize {
        self.num_blocks
    }

    /// The number of blocks in the buffer: none, if `check_blocks` refuses the number, because a
    /// type of that size would be an error of its own.
    #[must_use]
    pub const fn blocks_in_buffer(self) -> usize {
        if self.geometry().is_ok() { self.num_blocks } else { 0 }
    }

    /// The number of words in the bitmap of that buffer.
    #[must_use]
    pub const fn bitmap_words(self) -> usize {
        bitmap_words(self.blocks_in_buffer())
    }

    const fn geometry(self) -> Result<Geometry, GeometryError> {
        Geometry::new(self.block_size, self.num_blocks)
    }
}

/// The alignment of a buffer whose definition names none.
pub const DEFAULT_ALIGN: usize = 4;

/// Refuses no blocks, blocks of no size, and too large a buffer.
#[track_caller]
pub const fn check_blocks(shape: Shape) {
    if let Err(error) = shape.geometry() {
        panic!("{}", error.message());
    }
}

/// Refuses an alignment that a definition may not have.
#[track_caller]
pub const fn check_align(shape: Shape, align: usize) {
    assert!(align.is_power_of_two(), "`align` must be a power of two");
    assert!(align <= MAX_ALIGN, "`align` must be at most 536870912 (2^29)");
    assert!(
        shape.block_size % align == 0,
        "`align` must divide the block size, so that every block is aligned"
    );
}

/// An alignment that a buffer can have: `align`, unless it is one that `check_align` refuses.
#[must_use]
pub const fn effective_align(align: usize) -> usize {
    if align.is_power_of_two() && align <= MAX_ALIGN { align } else { 1 }
}

/// Refuses an external buffer that is not aligned as its definition says; hands it on.
#[track_caller]
pub const fn check_buffer_align<T, const N: usize, const A: usize>(
    buffer: &'static BlockBuffer<T, N, A>,
    align: usize,
) -> &'static BlockBuffer<T, N, A>
where
    Alignment<A>: SupportedAlignment,
{
    assert!(
        align_of::<BlockBuffer<T, N, A>>() >= effective_align(align),
        "the buffer's alignment must be at least `align`"
    );
    buffer
}

/// Refuses an address at which the blocks cannot lie.
#[track_caller]
pub const fn check_address(shape: Shape, address: usize, align: usize) {
    assert!(address != 0, "`address` must not be null");
    assert!(
        address % shape.block_align == 0,
        "`address` must be a multiple of the alignment of the block's type"
    );
    assert!(
        address % effective_align(align) == 0,
        "`address` must be a multiple of `align`, which is 4 unless given"
    );
    // Too large a buffer is `check_blocks`'s to refuse.
    let bytes = shape.block_size * shape.blocks_in_buffer();
    assert!(
        address.checked_add(bytes).is_some(),
        "the blocks at `address` must not reach beyond the address space"
    );
}

/// The ways to make a `MemBlocks<T, N>`; never a value.
///
/// `T` and `N` are those of a type, not of the functions, because generated code writes these two
/// and leaves the other constants to inference, which one list of arguments cannot mix in Rust 1.85.
#[expect(missing_debug_implementations, reason = "there is no value to show")]
pub struct Make<T, const N: usize>(PhantomData<T>, Infallible);

impl<T, const N: usize> Make<T, N> {
    /// An allocator in a `static` buffer.
    ///
    /// # Safety
    ///
    /// No other allocator uses the buffer or the bitmap, and nothing but the blocks' owners
    /// accesses the buffer. `check_blocks` was evaluated, and `M` is `N` or `blocks_in_buffer`.
    pub const unsafe fn in_static<const M: usize, const A: usize, const W: usize>(
        buffer: &'static BlockBuffer<T, M, A>,
        bitmap: &'static Bitmap<W>,
    ) -> MemBlocks<T, N>
    where
        Alignment<A>: SupportedAlignment,
    {
        // SAFETY: where `check_blocks` passed, `M` is `N`: the buffer has room for `N` blocks of
        // `T`, and is aligned for them by its type; that nothing else uses it is the caller's
        // promise.
        let raw = unsafe { RawMemBlocks::new(buffer.start(), Self::GEOMETRY, bitmap) };
        // SAFETY: as above.
        unsafe { MemBlocks::from_raw_mem_blocks(raw) }
    }

    /// Hands on the user's buffer, which must be of the same size and number of blocks.
    #[must_use]
    pub const fn buffer<const A: usize>(
        buffer: &'static BlockBuffer<T, N, A>,
    ) -> &'static BlockBuffer<T, N, A>
    where
        Alignment<A>: SupportedAlignment,
    {
        buffer
    }

    /// An allocator at a fixed address.
    ///
    /// # Safety
    ///
    /// From `address` on there is memory for the blocks that nothing but their owners accesses. No
    /// other allocator uses it or the bitmap. `check_blocks` and `check_address` were evaluated.
    pub const unsafe fn at_address<const W: usize>(
        address: usize,
        bitmap: &'static Bitmap<W>,
    ) -> MemBlocks<T, N> {
        let buffer = match NonNull::new(address as *mut u8) {
            Some(buffer) => buffer,
            // Refused by `check_address`.
            None => NonNull::dangling(),
        };
        // SAFETY: the caller vouches for the memory.
        let raw = unsafe { RawMemBlocks::new(buffer, Self::GEOMETRY, bitmap) };
        // SAFETY: `check_address` has seen to the alignment.
        unsafe { MemBlocks::from_raw_mem_blocks(raw) }
    }

    /// Judged by `check_blocks`: panicking here would make one mistake two errors.
    const GEOMETRY: Geometry = match Geometry::new(size_of::<T>(), N) {
        Ok(geometry) => geometry,
        Err(_) => Geometry::SMALLEST,
    };
}
