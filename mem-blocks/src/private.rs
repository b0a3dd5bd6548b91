//! What generated code names. Not part of the interface: it changes without notice.
//!
//! The `check_*` functions judge what the macros cannot: values that are named constants, and what
//! hides behind the name of a type. Generated code calls each from a `const` whose span is the
//! user's expression, and `#[track_caller]` makes that the place of the error. What they refuse is
//! passed over by everything else here, so that one mistake is one error.

use core::marker::PhantomData;
use core::mem;
use core::ptr::NonNull;

use crate::bitmap::bitmap_words;
use crate::buffer::{Alignment, MAX_ALIGN, SupportedAlignment};
use crate::geometry::{Geometry, GeometryError};
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
    /// The type itself: of a type that is no `MemBlocks`, one of which the compiler says nothing more.
    type Itself;
    /// Its numbers.
    const SHAPE: Shape;
}

/// A static that can be the buffer of an allocator of type `D`.
#[diagnostic::on_unimplemented(
    message = "`buffer` must be a `BlockBuffer` with the blocks of `{D}`, found `{Self}`",
    label = "not a buffer for these blocks",
    note = "a `BlockBuffer<T, N, ALIGN>` has the blocks of a `MemBlocks<T, N>`"
)]
pub trait BufferOf<D>: sealed::Sealed {}

mod sealed {
    pub trait Sealed {}
}

impl<T, const N: usize> sealed::Sealed for MemBlocks<T, N> {}

#[diagnostic::do_not_recommend]
impl<T, const N: usize> Definition for MemBlocks<T, N> {
    type Itself = Self;
    const SHAPE: Shape =
        Shape { block_size: size_of::<T>(), block_align: align_of::<T>(), num_blocks: N };
}

impl<T, const N: usize, const A: usize> sealed::Sealed for BlockBuffer<T, N, A> where
    Alignment<A>: SupportedAlignment
{
}

#[diagnostic::do_not_recommend]
impl<T, const N: usize, const A: usize> BufferOf<MemBlocks<T, N>> for BlockBuffer<T, N, A> where
    Alignment<A>: SupportedAlignment
{
}

/// The numbers of a definition; not judged yet.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    block_size: usize,
    block_align: usize,
    num_blocks: usize,
}

impl Shape {
    /// The size of the buffer in bytes: none, if `check_blocks` refuses it.
    #[must_use]
    pub const fn buffer_size(self) -> usize {
        match self.geometry() {
            Ok(geometry) => geometry.buffer_size(),
            Err(_) => 0,
        }
    }

    /// The alignment of a buffer whose blocks are to be aligned to `align`.
    #[must_use]
    pub const fn buffer_align(self, align: usize) -> usize {
        let align = effective_align(align);
        if align > self.block_align { align } else { self.block_align }
    }

    /// The number of words in the bitmap: none, if `check_blocks` refuses the number of blocks.
    #[must_use]
    pub const fn bitmap_words(self) -> usize {
        match self.geometry() {
            Ok(geometry) => bitmap_words(geometry.num_blocks()),
            Err(_) => 0,
        }
    }

    const fn geometry(self) -> Result<Geometry, GeometryError> {
        Geometry::new(self.block_size, self.num_blocks)
    }
}

/// The type of an allocator.
#[derive(Clone, Copy, Debug)]
pub struct TypeOf<D>(PhantomData<fn() -> D>);

/// The type of the allocator that a function would give.
///
/// A function that is never called, because the type of a `static` is all that is wanted: written
/// twice, a type that is wrong would be two errors.
#[must_use]
pub const fn type_of<D: Definition>(_: fn() -> &'static D) -> TypeOf<D::Itself> {
    TypeOf(PhantomData)
}

impl<D> TypeOf<D> {
    /// Its numbers.
    #[must_use]
    pub const fn shape(self) -> Shape
    where
        D: Definition,
    {
        D::SHAPE
    }

    /// A buffer for it.
    #[must_use]
    pub const fn buffer<B: BufferOf<D>>(self, buffer: &'static B) -> UserBuffer
    where
        D: Definition,
    {
        UserBuffer { shape: D::SHAPE, start: (&raw const *buffer).cast(), align: align_of::<B>() }
    }
}

/// A buffer that the user has declared.
#[derive(Clone, Copy, Debug)]
pub struct UserBuffer {
    shape: Shape,
    start: *const u8,
    align: usize,
}

impl UserBuffer {
    /// The shape of the allocator.
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

/// The largest alignment on any target.
const LARGEST: usize = 1 << 29;

/// The alignment of a buffer whose definition names none.
pub const DEFAULT_ALIGN: usize = 4;

/// Refuses no blocks, blocks of no size, and too large a buffer.
#[track_caller]
pub const fn check_blocks(shape: Shape, written: &str) {
    if let Err(error) = shape.geometry() {
        Message::new(error.message()).found(written).panic();
    }
}

/// Refuses an alignment that a definition may not have.
#[track_caller]
pub const fn check_align(shape: Shape, align: usize, written: &str) {
    let rule =
        if !align.is_power_of_two() {
            Message::new("`align` must be a power of two")
        } else if align > MAX_ALIGN {
            Message::new("`align` must be at most ")
                .number(MAX_ALIGN)
                .text(if MAX_ALIGN < LARGEST { " on this target" } else { " (2^29)" })
        } else if shape.block_size % align != 0 {
            Message::new("`align` must divide the block size, which is ").number(shape.block_size)
        } else {
            return;
        };
    rule.found_value(written, align).panic();
}

/// Refuses the same, and an alignment that the user's buffer does not have.
#[track_caller]
pub const fn check_buffer_align(buffer: UserBuffer, align: usize, written: &str) {
    check_align(buffer.shape, align, written);
    if buffer.align < align {
        Message::new("`align` must not exceed the alignment of the buffer, which is ")
            .number(buffer.align)
            .found_value(written, align)
            .panic();
    }
}

/// Refuses an address at which the blocks cannot lie.
#[track_caller]
pub const fn check_address(shape: Shape, align: usize, address: usize, written: &str) {
    let rule = if address == 0 {
        Message::new("`address` must not be null")
    } else if address % shape.block_align != 0 {
        Message::new("`address` must be a multiple of the alignment of the block's type, which is ")
            .number(shape.block_align)
    } else if address % effective_align(align) != 0 {
        Message::new("`address` must be a multiple of `align`, which is ")
            .number(align)
            .text(if align == DEFAULT_ALIGN { " unless given" } else { "" })
    } else if address.checked_add(shape.buffer_size()).is_none() {
        Message::new("the blocks at `address` must not reach beyond the address space")
    } else {
        return;
    };
    rule.found(written).panic();
}

/// An alignment that a buffer can have: `align`, unless it is one that `check_align` refuses.
const fn effective_align(align: usize) -> usize {
    if align.is_power_of_two() && align <= MAX_ALIGN { align } else { 1 }
}

/// A place in memory that Rust knows nothing of.
#[must_use]
pub const fn at(address: usize) -> *const u8 {
    address as *const u8
}

/// The allocator that a definition stands for.
///
/// Of any type `D`, because a bound would make a second error of a type that `shape_of` or
/// `user_buffer` has refused.
///
/// # Safety
///
/// `D` is the type whose shape is `shape`, which `check_blocks` was asked about. From `buffer` on
/// there is memory for the blocks, aligned for them, which `buffer` may reach and nothing but the
/// blocks' owners accesses. No other allocator uses it or the bitmap.
#[must_use]
pub const unsafe fn allocator<D, B, const W: usize>(
    shape: Shape,
    buffer: *const B,
    bitmap: &'static Bitmap<W>,
) -> D {
    const {
        assert!(size_of::<D>() == size_of::<RawMemBlocks>(), "the type must be a `MemBlocks`");
    }
    let geometry = match shape.geometry() {
        Ok(geometry) => geometry,
        // Refused by `check_blocks`.
        Err(_) => Geometry::SMALLEST,
    };
    let buffer = match NonNull::new(buffer.cast_mut().cast()) {
        Some(buffer) => buffer,
        // Refused by `check_address`.
        None => NonNull::dangling(),
    };
    // SAFETY: the caller vouches for the memory and the bitmap, which has a bit for each block.
    let raw = unsafe { RawMemBlocks::new(buffer, geometry, bitmap) };
    // SAFETY: `D` is a `MemBlocks` of this geometry, which is `repr(transparent)`; what is copied
    // has no `Drop`.
    unsafe { mem::transmute_copy(&raw) }
}
