//! `Run`: the owner of adjacent blocks.

use core::fmt;
use core::marker::PhantomData;
use core::mem::{self, ManuallyDrop, MaybeUninit};
use core::ops::{Deref, DerefMut, Range};
use core::ptr::{self, NonNull};

use bytemuck::{AnyBitPattern, Zeroable};

use crate::defer::Defer;
use crate::freeze::freeze;
use crate::geometry::Stride;
use crate::raw::RawMemBlocks;

/// Adjacent blocks, each holding a `T`: an owning pointer to a slice.
///
/// Holding one proves that the blocks are yours alone; dropping it drops the values and gives all
/// of the blocks back. Three words: descriptor, address and length.
///
/// [`alloc_contiguous`], [`alloc_contiguous_in`] and [`claim`] give it. All functions are
/// associated functions (`Run::range(&run)`), because a run dereferences to a slice.
///
/// ```
/// # use mem_blocks::{mem_blocks, MemBlocks, Run};
/// #[mem_blocks]
/// static LINES: MemBlocks<[u8; 80], 24>;
///
/// let run = LINES.alloc_contiguous(3)?;               // Run<MaybeUninit<[u8; 80]>>
/// let mut run = Run::write_with(run, |_| [b' '; 80]); // Run<[u8; 80]>
/// run[2][0] = b'>';
///
/// let tail = Run::split_off(&mut run, 1);
/// assert_eq!((run.len(), tail.len()), (1, 2));
/// assert_eq!(Run::range(&tail), 1..3);
/// drop(run);
/// assert_eq!(LINES.used(), 2);
/// # Ok::<(), mem_blocks::AllocError>(())
/// ```
///
/// [`alloc_contiguous`]: crate::MemBlocks::alloc_contiguous
/// [`alloc_contiguous_in`]: crate::MemBlocks::alloc_contiguous_in
/// [`claim`]: crate::MemBlocks::claim
pub struct Run<T> {
    pool: &'static RawMemBlocks,
    first: NonNull<T>,
    len: usize,
    // Owns values of `T`.
    _owns: PhantomData<T>,
}

// SAFETY: I2. A run owns its values like a `Box<[T]>`; and the blocks can be given back from anywhere
// (I3, I7).
unsafe impl<T: Send> Send for Run<T> {}

// SAFETY: I2. A shared `Run<T>` gives shared access to its values and to nothing else.
unsafe impl<T: Sync> Sync for Run<T> {}

// Moving the handle does not move the values.
impl<T> Unpin for Run<T> {}

impl<T> Run<T> {
    /// The owner of a run that was handed out just now.
    ///
    /// # Safety
    ///
    /// The `len` blocks from `first` on are blocks of `pool`, whose blocks are of `T`'s size and
    /// alignment; they are handed out and have no other owner; and each holds a valid `T`.
    pub(crate) const unsafe fn own(
        pool: &'static RawMemBlocks,
        first: NonNull<T>,
        len: usize,
    ) -> Self {
        Self { pool, first, len, _owns: PhantomData }
    }

    /// The blocks' indices: their places in the buffer, counted in blocks.
    #[must_use]
    pub fn range(run: &Self) -> Range<usize> {
        let start = run.pool.index_by(run.first.as_ptr().cast(), const { Stride::of::<T>() });
        start..start + run.len
    }

    /// The allocator that the blocks are from.
    #[must_use]
    pub const fn pool(run: &Self) -> &'static RawMemBlocks {
        run.pool
    }

    /// The address of the first block, for a DMA descriptor. The blocks stay owned by the handle.
    #[must_use]
    pub const fn as_ptr(run: &Self) -> *mut T {
        run.first.as_ptr()
    }

    /// Splits the run in two: `run` keeps the first `at` blocks, the rest is returned. The
    /// blocks stay where they are.
    ///
    /// An `at` past the end leaves `run` as it is and returns an empty run.
    #[must_use = "the blocks behind `at` are given back unless the run is used"]
    pub fn split_off(run: &mut Self, at: usize) -> Self {
        let at = at.min(run.len);
        let rest = run.len - at;
        run.len = at;
        // SAFETY: I4, I9. `at` blocks on is still within the run, or its end.
        let first = unsafe { run.first.add(at) };
        // SAFETY: I2, I10. These blocks were the run's, which has given them up by its new length.
        unsafe { Self::own(run.pool, first, rest) }
    }

    /// Gives up ownership and returns the address and the number of blocks. The values are not
    /// dropped and the blocks not given back: [`from_raw`](Self::from_raw) makes them a `Run`
    /// again, and [`RawMemBlocks::free_contiguous`] gives them back by address.
    #[must_use = "the blocks leak unless the address is used"]
    pub fn into_raw(run: Self) -> *mut [T] {
        let run = ManuallyDrop::new(run);
        ptr::slice_from_raw_parts_mut(run.first.as_ptr(), run.len)
    }

    /// The owner of a run that [`into_raw`](Self::into_raw) gave up.
    ///
    /// `pool` is `&POOL`, or what [`MemBlocks::raw`](crate::MemBlocks::raw) gives.
    ///
    /// # Safety
    ///
    /// `ptr` came from `Run::into_raw` with blocks of the same allocator, or from its
    /// [`RawMemBlocks`]; nothing else owns the blocks; each holds a valid `T`; and the allocator's
    /// blocks are of `T`'s size and alignment.
    pub unsafe fn from_raw(pool: impl Into<&'static RawMemBlocks>, ptr: *mut [T]) -> Self {
        // SAFETY: I4. The caller vouches for the blocks, and a block's address is not null.
        let first = unsafe { NonNull::new_unchecked(ptr.cast()) };
        // SAFETY: I2, I9, I10, passed on to the caller.
        unsafe { Self::own(pool.into(), first, ptr.len()) }
    }

    /// Gives up the blocks for good and returns their values as a slice that lives as long as `T`
    /// may. The blocks are never given back.
    #[must_use = "the blocks leak; to give them back, drop the run"]
    pub fn leak<'a>(run: Self) -> &'a mut [T]
    where
        T: 'a,
    {
        // SAFETY: I2, I9, I10. The blocks were this handle's alone, and nothing can give them back any
        // more; they hold valid values, one after the other, and live for ever (I8).
        unsafe { &mut *Self::into_raw(run) }
    }
}

impl<T> Run<MaybeUninit<T>> {
    /// Writes a value to each block, `value` being called with each place in the run in turn, and
    /// makes it a `Run<T>`.
    ///
    /// If `value` panics, all of the blocks are given back; the values written so far are not
    /// dropped.
    pub fn write_with(mut run: Self, mut value: impl FnMut(usize) -> T) -> Run<T> {
        for (place, block) in run.iter_mut().enumerate() {
            block.write(value(place));
        }
        // SAFETY: I10. Every value was written just now.
        unsafe { Self::assume_init(run) }
    }

    /// Fills the blocks with zeros and makes them a `Run<T>`.
    #[must_use]
    pub fn write_zeroed(run: Self) -> Run<T>
    where
        T: Zeroable,
    {
        // SAFETY: I10. `Zeroable` says that all zeros are a valid `T`.
        unsafe { Self::zeroed(run) }
    }

    /// Makes the run a `Run<T>` with whatever bytes the blocks hold, and writes none: see
    /// [`Block::freeze`](crate::Block::freeze).
    #[must_use]
    pub fn freeze(run: Self) -> Run<T>
    where
        T: AnyBitPattern,
    {
        // SAFETY: I10. `AnyBitPattern` says that any bytes are a valid `T`.
        unsafe { Self::frozen(run) }
    }

    /// Fills the blocks with zeros and makes them a `Run<T>`.
    ///
    /// # Safety
    ///
    /// All zeros are a valid `T`.
    pub(crate) unsafe fn zeroed(run: Self) -> Run<T> {
        // SAFETY: I2, I9. The blocks are this handle's alone, and as many as it says.
        unsafe { ptr::write_bytes(run.first.as_ptr(), 0, run.len) };
        // SAFETY: I10, passed on to the caller.
        unsafe { Self::assume_init(run) }
    }

    /// Makes the run a `Run<T>` with whatever bytes the blocks hold.
    ///
    /// # Safety
    ///
    /// Any bytes are a valid `T`.
    pub(crate) unsafe fn frozen(run: Self) -> Run<T> {
        let bytes = NonNull::slice_from_raw_parts(run.first.cast(), size_of_val(&*run));
        // SAFETY: I2, I9. The blocks are this handle's alone, and as long as their values.
        unsafe { freeze(bytes) };
        // SAFETY: I10, passed on to the caller.
        unsafe { Self::assume_init(run) }
    }

    /// Makes the run a `Run<T>`, for values that came there by other means, such as DMA.
    ///
    /// # Safety
    ///
    /// Every block holds a valid `T`.
    #[must_use]
    pub unsafe fn assume_init(run: Self) -> Run<T> {
        let run = ManuallyDrop::new(run);
        // SAFETY: I2. The only owner is replaced by another. I10. `MaybeUninit<T>` has `T`'s size and
        // alignment; the caller vouches for the values.
        unsafe { Run::own(run.pool, run.first.cast(), run.len) }
    }
}

impl<T> Drop for Run<T> {
    fn drop(&mut self) {
        let _give_back = Defer(|| {
            let stride = const { Stride::of::<T>() };
            // SAFETY: I2, I9. The handle owns the blocks, and is not used again.
            unsafe { self.pool.give_back(self.first.cast(), self.len, stride) };
        });
        if mem::needs_drop::<T>() {
            let values = NonNull::slice_from_raw_parts(self.first, self.len);
            // SAFETY: I2, I10. The blocks hold valid values, which are not used again.
            unsafe { values.drop_in_place() };
        }
    }
}

impl<T> Deref for Run<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: I2, I9, I10. The blocks are this handle's, borrowed as `self` is, follow each other
        // without a gap, and hold valid values.
        unsafe { NonNull::slice_from_raw_parts(self.first, self.len).as_ref() }
    }
}

impl<T> DerefMut for Run<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: I2, I9, I10, as for `deref`; and `self` is borrowed mutably.
        unsafe { NonNull::slice_from_raw_parts(self.first, self.len).as_mut() }
    }
}

// SAFETY: I8. The values lie in the allocator's buffer and do not move with the handle; both `Deref`
// implementations give the same address each time.
#[cfg(feature = "stable_deref_trait")]
unsafe impl<T> stable_deref_trait::StableDeref for Run<T> {}

impl<'a, T> IntoIterator for &'a Run<T> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Run<T> {
    type Item = &'a mut T;
    type IntoIter = core::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: fmt::Debug> fmt::Debug for Run<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl<T: defmt::Format> defmt::Format for Run<T> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=[?]}", **self);
    }
}
