//! A heap as a contender: blocks are allocations of 64 bytes, a run of four is one of 256.

use core::{
    alloc::{GlobalAlloc, Layout},
    marker::PhantomData,
    ptr::NonNull,
};

use crate::{Bytes, Contender, contender::one_by_one};

/// A heap that is the only one of its program.
pub trait Heap: Sized + 'static {
    /// Gives the heap its memory.
    fn set_up();

    fn heap() -> &'static impl GlobalAlloc;
}

/// An allocation for a `T`, which gives itself back.
#[derive(Debug)]
pub struct Piece<H: Heap, T> {
    start: NonNull<T>,
    of: PhantomData<H>,
}

impl<H: Heap, T> Piece<H, T> {
    fn alloc() -> Option<Self> {
        // SAFETY: no `T` here has the size 0.
        let start = unsafe { H::heap().alloc(Layout::new::<T>()) };
        Some(Piece { start: NonNull::new(start.cast())?, of: PhantomData })
    }
}

impl<H: Heap, T> Drop for Piece<H, T> {
    fn drop(&mut self) {
        // SAFETY: `alloc` got it from this heap, with this layout.
        unsafe { H::heap().dealloc(self.start.as_ptr().cast(), Layout::new::<T>()) };
    }
}

impl<H: Heap> Contender for H {
    type Block = Piece<H, Bytes>;
    type Boxed = Piece<H, Bytes>;
    type Several<const K: usize> = [Option<Self::Block>; K];
    type Run = Piece<H, [Bytes; 4]>;

    const HAS_RUNS: bool = true;

    fn set_up() {
        H::set_up();
    }

    fn alloc() -> Option<Self::Block> {
        Piece::alloc()
    }

    fn boxed(value: &Bytes) -> Option<Self::Boxed> {
        let piece: Self::Boxed = Piece::alloc()?;
        // SAFETY: the memory is this piece's own, and has the layout of the value.
        unsafe { piece.start.write(*value) };
        Some(piece)
    }

    fn several<const K: usize>() -> Self::Several<K> {
        one_by_one::<Self, K>()
    }

    fn run() -> Option<Self::Run> {
        Piece::alloc()
    }
}
