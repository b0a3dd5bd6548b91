//! What generated code names. Not part of the interface: it changes without notice.
//!
//! The `check_*` functions judge what the macros cannot: values that are named constants, and what
//! hides behind the name of a type. Generated code calls each from a `const` whose span is the
//! user's expression, and `#[track_caller]` makes that the place of the error. What they refuse is
//! no constant: whatever depends on it fails without another word, so that one mistake is one error.

use core::mem;
use core::ptr::NonNull;

use crate::bitmap::bitmap_words;
use crate::buffer::{Alignment, MAX_ALIGN, SupportedAlignment};
use crate::geometry::Geometry;
use crate::mem_blocks::MemBlocks;
use crate::message::Message;
use crate::raw::RawMemBlocks;

pub use crate::buffer::BlockBuffer;
pub use crate::raw::Bitmap;

/// What a definition needs to know of the type that was written.
#[diagnostic::on_unimplemented(
    message = "the type of an allocator must be a `MemBlocks`, found `{Self}`",
    label = "not a `MemBlocks`",
    note = "write `MemBlocks<BLOCK, NUMBER_OF_BLOCKS>`, such as `MemBlocks<[u8; 64], 4>`"
)]
pub trait Definition: sealed::Sealed {
    /// A buffer for its blocks.
    type Buffer<const A: usize>
    where
        Alignment<A>: SupportedAlignment;
    /// The rest, as numbers.
    const SHAPE: Shape;
}

mod sealed {
    pub trait Sealed {}
}

impl<T, const N: usize> sealed::Sealed for MemBlocks<T, N> {}

impl<T, const N: usize> Definition for MemBlocks<T, N> {
    type Buffer<const A: usize>
        = BlockBuffer<T, N, A>
    where
        Alignment<A>: SupportedAlignment;
    const SHAPE: Shape =
        Shape { block_size: size_of::<T>(), block_align: align_of::<T>(), num_blocks: N };
}

/// The numbers of a definition.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    block_size: usize,
    block_align: usize,
    num_blocks: usize,
}

impl Shape {
    /// The size of the buffer in bytes.
    #[must_use]
    pub const fn buffer_size(self) -> usize {
        self.block_size * self.num_blocks
    }

    /// The alignment of a buffer whose blocks are to be aligned to `align`.
    #[must_use]
    pub const fn buffer_align(self, align: usize) -> usize {
        if align > self.block_align { align } else { self.block_align }
    }

    /// The number of words in the bitmap.
    #[must_use]
    pub const fn bitmap_words(self) -> usize {
        bitmap_words(self.num_blocks)
    }
}

/// The shape of the allocator that a function would give; not judged yet.
///
/// A function that is never called, because the type of a `static` is all that is wanted: written
/// twice, a type that is wrong would be two errors.
#[must_use]
pub const fn shape_of<D: Definition>(_: fn() -> &'static D) -> Shape {
    D::SHAPE
}

/// A buffer that the user has declared.
#[derive(Clone, Copy, Debug)]
pub struct UserBuffer {
    shape: Shape,
    start: *const u8,
    align: usize,
}

impl UserBuffer {
    /// The shape of the allocator; not judged yet.
    #[must_use]
    pub const fn shape(self) -> Shape {
        self.shape
    }

    /// Where the blocks lie.
    #[must_use]
    pub const fn start(self) -> *const u8 {
        self.start
    }
}

/// The buffer and the shape of an allocator, which must be of the same type and number of blocks.
#[must_use]
pub const fn user_buffer<D: Definition, const A: usize>(
    _: fn() -> &'static D,
    buffer: &'static D::Buffer<A>,
) -> UserBuffer
where
    Alignment<A>: SupportedAlignment,
{
    UserBuffer {
        shape: D::SHAPE,
        start: (&raw const *buffer).cast(),
        align: align_of::<D::Buffer<A>>(),
    }
}

/// The alignment of a buffer whose definition names none.
pub const DEFAULT_ALIGN: usize = 4;

/// Refuses no blocks, blocks of no size, and too large a buffer.
#[must_use]
#[track_caller]
pub const fn check_blocks(shape: Shape, written: &str) -> Shape {
    match Geometry::new(shape.block_size, shape.num_blocks) {
        Ok(_) => shape,
        Err(error) => Message::new(error.message()).found(written).panic(),
    }
}

/// Refuses an alignment that a definition may not have.
#[must_use]
#[track_caller]
pub const fn check_align(shape: Shape, align: usize, written: &str) -> usize {
    let rule = if !align.is_power_of_two() {
        Message::new("`align` must be a power of two")
    } else if align > MAX_ALIGN {
        Message::new("`align` must be at most 536870912 (2^29)")
    } else if shape.block_size % align != 0 {
        Message::new("`align` must divide the block size of ")
            .number(shape.block_size)
            .text(" bytes, so that every block is aligned")
    } else {
        return align;
    };
    rule.found_value(written, align).panic()
}

/// Refuses the same, and an alignment that the user's buffer does not have.
#[must_use]
#[track_caller]
pub const fn check_buffer_align(buffer: UserBuffer, align: usize, written: &str) -> usize {
    let align = check_align(buffer.shape, align, written);
    if buffer.align >= align {
        return align;
    }
    Message::new("`align` must not exceed the alignment of the buffer, which is ")
        .number(buffer.align)
        .found_value(written, align)
        .panic()
}

/// Refuses an address at which the blocks cannot lie.
#[must_use]
#[track_caller]
pub const fn check_address(
    shape: Shape,
    align: usize,
    address: usize,
    written: &str,
) -> *const u8 {
    // Too large a buffer is `check_blocks`'s to refuse.
    let size = match shape.block_size.checked_mul(shape.num_blocks) {
        Some(size) => size,
        None => 0,
    };
    let rule = if address == 0 {
        Message::new("`address` must not be null")
    } else if address % shape.block_align != 0 {
        Message::new("`address` must be a multiple of the alignment of the block's type, which is ")
            .number(shape.block_align)
    } else if address % effective_align(align) != 0 {
        Message::new("`address` must be a multiple of `align`, which is ")
            .number(align)
            .text(if align == DEFAULT_ALIGN { " unless given" } else { "" })
    } else if address.checked_add(size).is_none() {
        Message::new("the blocks at `address` must not reach beyond the address space")
    } else {
        return address as *const u8;
    };
    rule.found(written).panic()
}

/// An alignment by which another value can be judged: `align`, unless `check_align` refuses it.
const fn effective_align(align: usize) -> usize {
    if align.is_power_of_two() && align <= MAX_ALIGN { align } else { 1 }
}

/// The allocator that a definition stands for.
///
/// Of any type `D`, because a bound would make a second error of a type that `shape_of` or
/// `user_buffer` has refused.
///
/// # Safety
///
/// `D` is the type whose shape is `shape`, which `check_blocks` has accepted. From `buffer` on there
/// is memory for the blocks, aligned for them, which `buffer` may reach and nothing but the blocks'
/// owners accesses. No other allocator uses it or the bitmap.
#[must_use]
pub const unsafe fn allocator<D, B, const W: usize>(
    shape: Shape,
    buffer: *const B,
    bitmap: &'static Bitmap<W>,
) -> D {
    const {
        assert!(size_of::<D>() == size_of::<RawMemBlocks>(), "the type must be a `MemBlocks`");
    }
    let geometry = match Geometry::new(shape.block_size, shape.num_blocks) {
        Ok(geometry) => geometry,
        Err(error) => panic!("{}", error.message()),
    };
    let Some(buffer) = NonNull::new(buffer.cast_mut().cast()) else {
        // Neither a static nor an address that was accepted.
        panic!("the buffer is null")
    };
    // SAFETY: the caller vouches for the memory and the bitmap.
    let raw = unsafe { RawMemBlocks::new(buffer, geometry, bitmap) };
    // SAFETY: `D` is a `MemBlocks` of this geometry, which is `repr(transparent)`; what is copied
    // has no `Drop`.
    unsafe { mem::transmute_copy(&raw) }
}
