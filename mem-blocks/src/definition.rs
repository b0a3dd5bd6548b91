//! What a definition is made of, as the compiler knows it: the type that was written, its numbers, a
//! buffer of the user's.
//!
//! What the checks refuse is passed over here, so that one mistake is one error.

use core::marker::PhantomData;

use crate::buffer::{Alignment, BlockBuffer, MAX_ALIGN, SupportedAlignment};
use crate::geometry::{Geometry, GeometryError};
use crate::mem_blocks::MemBlocks;
use crate::raw::{Operations, summed_words};

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

/// What is there with the feature `listener`.
#[cfg(not(feature = "listener"))]
#[diagnostic::on_unimplemented(
    message = "the option `listener` needs the feature `listener` of the crate `mem-blocks`",
    label = "a listener, without that feature",
    note = "write `mem-blocks = {{ version = \"..\", features = [\"listener\"] }}` in `Cargo.toml`"
)]
pub trait FeatureListener: Copy {
    /// What nobody has.
    const OPERATIONS: Operations;
}

mod sealed {
    pub trait Sealed {}
}

impl<T, const N: usize> sealed::Sealed for MemBlocks<T, N> {}

#[doc(hidden)]
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

#[doc(hidden)]
#[diagnostic::do_not_recommend]
impl<T, const N: usize, const A: usize> BufferOf<MemBlocks<T, N>> for BlockBuffer<T, N, A> where
    Alignment<A>: SupportedAlignment
{
}

/// The numbers of a definition; not judged yet.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub(crate) block_size: usize,
    pub(crate) block_align: usize,
    pub(crate) num_blocks: usize,
}

impl Shape {
    /// The size of the buffer in bytes: none, if one of the checks refuses it.
    #[must_use]
    pub const fn buffer_size(self) -> usize {
        match self.geometry() {
            Ok(geometry) => geometry.buffer_size(),
            Err(_) => 0,
        }
    }

    /// The alignment of a buffer whose blocks are to be aligned like this.
    #[must_use]
    pub const fn buffer_align(self, align: Align) -> usize {
        let align = self.effective_align(align);
        let larger = if align > self.block_align { align } else { self.block_align };
        // Where it is more, `check_block` refuses the block.
        if larger < MAX_ALIGN { larger } else { MAX_ALIGN }
    }

    /// What other values can be judged by: any, where there is something wrong with it.
    pub(crate) const fn effective_align(self, align: Align) -> usize {
        match align {
            Align::Default => DEFAULT_ALIGN,
            Align::Written(align) if self.align_error(align).is_none() => align,
            Align::Written(_) | Align::Refused => 1,
        }
    }

    /// What is wrong with an alignment of the blocks.
    pub(crate) const fn align_error(self, align: usize) -> Option<AlignError> {
        if !align.is_power_of_two() {
            Some(AlignError::NoPowerOfTwo)
        } else if align > MAX_ALIGN {
            Some(AlignError::TooLarge)
        } else if self.block_size % align != 0 {
            Some(AlignError::DoesNotDivide)
        } else {
            None
        }
    }

    /// The number of words in the bitmap, with its summary: none, if one of the checks refuses the
    /// buffer.
    #[must_use]
    pub const fn bitmap_words(self) -> usize {
        match self.geometry() {
            Ok(geometry) => summed_words(geometry.num_blocks()),
            Err(_) => 0,
        }
    }

    /// What an allocator with this listener does.
    #[cfg(feature = "listener")]
    #[must_use]
    pub const fn listened(self, listener: crate::listener::Listener) -> Operations {
        let num_blocks = self.accepted_geometry().num_blocks();
        Operations::told(Operations::of(num_blocks, self.bitmap_words()), listener)
    }

    /// Refuses a listener, whatever that is.
    #[cfg(not(feature = "listener"))]
    #[must_use]
    pub const fn listened<L: FeatureListener>(self, _: L) -> Operations {
        L::OPERATIONS
    }

    /// That of a definition which one of the checks refuses is the smallest.
    pub(crate) const fn accepted_geometry(self) -> Geometry {
        match self.geometry() {
            Ok(geometry) => geometry,
            Err(_) => Geometry::SMALLEST,
        }
    }

    pub(crate) const fn geometry(self) -> Result<Geometry, GeometryError> {
        Geometry::new(self.block_size, self.num_blocks)
    }
}

/// What every block is aligned to.
#[derive(Clone, Copy, Debug)]
pub enum Align {
    /// Nothing was said: the buffer is aligned to 4.
    Default,
    /// This was written; not judged yet.
    Written(usize),
    /// The macros have refused what was written.
    Refused,
}

/// The alignment of a buffer whose definition names none.
const DEFAULT_ALIGN: usize = 4;

/// What can be wrong with an alignment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AlignError {
    NoPowerOfTwo,
    TooLarge,
    DoesNotDivide,
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
    pub(crate) shape: Shape,
    start: *const u8,
    pub(crate) align: usize,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alignment_that_is_wrong_refuses_no_other_value() {
        let shape = Shape { block_size: 64, block_align: 8, num_blocks: 4 };
        for (align, effective, of_buffer) in [
            (Align::Default, DEFAULT_ALIGN, 8),
            (Align::Written(1), 1, 8),
            (Align::Written(32), 32, 32),
            (Align::Written(3), 1, 8),
            (Align::Written(128), 1, 8),
            (Align::Refused, 1, 8),
        ] {
            assert_eq!(shape.effective_align(align), effective);
            assert_eq!(shape.buffer_align(align), of_buffer);
        }
    }
}
