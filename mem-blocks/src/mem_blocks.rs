//! `MemBlocks`: the typed front of an allocator.

use core::array;
use core::fmt;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ops::{RangeBounds, RangeInclusive};
use core::ptr::NonNull;

use bytemuck::Zeroable;

use crate::bitmap::{self, Bits, bitmap_words};
use crate::block::Block;
use crate::error::{AllocError, ClaimError};
use crate::geometry::Geometry;
use crate::raw::{Bitmap, RawMemBlocks};
use crate::run::Run;
use crate::scatter::Scatter;
#[cfg(feature = "stats")]
use crate::stats::Stats;
use crate::view::View;

/// A memory blocks allocator: `N` blocks of `size_of::<T>()` bytes, each with room for one `T`.
///
/// A `static` of it is defined by [`mem_blocks`](macro@crate::mem_blocks) or
/// [`define_mem_blocks!`](crate::define_mem_blocks), at compile time; [`new`](Self::new) builds one
/// at run time. It is immutable: the descriptor lies in flash, and RAM holds the buffer and a
/// bitmap of one bit a block.
///
/// * The block size is `size_of::<T>()`, never rounded. Blocks follow each other without a gap.
/// * Every operation can be used in interrupts as well as in main code. Up to 32 blocks, it is one
///   exchange of a word: see [the crate](crate#interrupts-and-cores).
/// * The allocator never reads or writes the buffer, so a block's content is whatever was there.
/// * Every operation on several blocks takes or gives back all of them or none.
///
/// ```
/// use mem_blocks::{mem_blocks, AllocError, MemBlocks};
///
/// /// 4 blocks of 64 bytes.
/// #[mem_blocks(align = 4)]
/// static POOL: MemBlocks<[u8; 64], 4>;
///
/// let mut block = POOL.alloc_zeroed()?;
/// block[0] = 0x55;
/// let pair = POOL.alloc_array::<2>()?;
/// assert_eq!(POOL.alloc_contiguous(2).unwrap_err(), AllocError::Exhausted);
/// drop(pair);
/// assert_eq!(POOL.alloc_contiguous(3)?.len(), 3);
/// # Ok::<(), AllocError>(())
/// ```
///
/// # Looking at it
///
/// `Debug`, and `defmt::Format` under the feature `defmt`, print the block size in bytes, the counts
/// in blocks, and a map with a character for each block: `#` for one that is not free, `.` for a free
/// one. Nothing of it is written in a critical section, and the buffer is not looked at. With the
/// feature `name`, the name comes first.
///
/// ```
/// # use mem_blocks::{mem_blocks, MemBlocks};
/// #[mem_blocks]
/// static POOL: MemBlocks<[u8; 64], 8>;
///
/// let _some = (POOL.claim(..2)?, POOL.claim(4..5)?);
/// # #[cfg(not(feature = "name"))]
/// assert_eq!(
///     format!("{POOL:?}"),
///     "MemBlocks { block_size: 64, num_blocks: 8, used: 3, map: [##..#...] }"
/// );
/// # Ok::<(), mem_blocks::ClaimError>(())
/// ```
///
/// The map has a space after every 32 blocks; with `{:#?}`, a line for every 32 instead. Of a pool of
/// up to 32 blocks, count and map are of one moment. Of a larger one the count is, and so is each 32
/// blocks of the map; but what is taken or given back while the text is written can be in one part of
/// it and not in another.
#[repr(transparent)]
pub struct MemBlocks<T, const N: usize> {
    raw: RawMemBlocks,
    // Blocks of `T` are handed out; that of `Sync` is said below.
    _blocks: PhantomData<fn() -> T>,
}

// SAFETY: I3, I5, I8. The descriptor is immutable and `Sync` itself. An allocator that is shared
// between contexts hands blocks for `T` to all of them, which is sound for every `T`, because a
// block that is handed out holds no `T` yet; `T: Send` is asked for all the same: values in memory
// that contexts share are values that change contexts.
unsafe impl<T: Send, const N: usize> Sync for MemBlocks<T, N> {}

/// Construction.
impl<T, const N: usize> MemBlocks<T, N> {
    /// The size of a block in bytes.
    pub const BLOCK_SIZE: usize = Self::GEOMETRY.block_size();

    /// The number of blocks.
    pub const NUM_BLOCKS: usize = N;

    const GEOMETRY: Geometry = Geometry::of::<T>(N);

    /// Builds an allocator at run time, from a buffer and a bitmap that it owns from then on, as a
    /// `static_cell` hands them over. `W` is [`bitmap_words(N)`](bitmap_words).
    ///
    /// ```
    /// use core::mem::MaybeUninit;
    /// use mem_blocks::{bitmap_words, Bitmap, MemBlocks};
    /// use static_cell::{ConstStaticCell, StaticCell};
    ///
    /// const N: usize = 16;
    /// static BUFFER: ConstStaticCell<[MaybeUninit<[u8; 128]>; N]> =
    ///     ConstStaticCell::new([MaybeUninit::uninit(); N]);
    /// static BITMAP: ConstStaticCell<Bitmap<{ bitmap_words(N) }>> =
    ///     ConstStaticCell::new(Bitmap::new());
    /// static POOL: StaticCell<MemBlocks<[u8; 128], N>> = StaticCell::new();
    ///
    /// let pool: &'static MemBlocks<_, N> =
    ///     POOL.init(MemBlocks::new(BUFFER.take(), BITMAP.take()));
    /// assert_eq!(pool.alloc_zeroed()?.len(), 128);
    /// # Ok::<(), mem_blocks::AllocError>(())
    /// ```
    ///
    /// An allocator that the macros define has a summary of its bitmap, if that is of more than one
    /// word; for one that is built at run time there is no room. To take one of more than 32 blocks,
    /// it looks at the words one by one.
    ///
    /// A `W` that is not `bitmap_words(N)`, too small or too large, does not compile, nor do zero
    /// blocks or blocks of no size:
    ///
    /// ```compile_fail,E0080
    /// # use core::mem::MaybeUninit;
    /// # use mem_blocks::{Bitmap, MemBlocks};
    /// fn build(
    ///     buffer: &'static mut [MaybeUninit<u32>; 33],
    ///     bitmap: &'static mut Bitmap<1>,
    /// ) -> MemBlocks<u32, 33> {
    ///     MemBlocks::new(buffer, bitmap)
    /// }
    /// # fn main() { core::hint::black_box(build as fn(_, _) -> _); }
    /// ```
    #[must_use]
    pub const fn new<const W: usize>(
        buffer: &'static mut [MaybeUninit<T>; N],
        bitmap: &'static mut Bitmap<W>,
    ) -> Self {
        const {
            assert!(W == bitmap_words(N), "the bitmap must have `bitmap_words(N)` words");
        }
        // A pointer made from the array, not from its first element: it may reach all of it (I4).
        let buffer = match NonNull::new(&raw mut *buffer) {
            Some(buffer) => buffer.cast(),
            // A reference is not null.
            None => NonNull::dangling(),
        };
        // SAFETY: I8, I9. The buffer and the bitmap are borrowed mutably for ever and given to nobody
        // else (so I2); `GEOMETRY` is that of the buffer, and the number of words was compared.
        let raw = unsafe { RawMemBlocks::new(buffer, Self::GEOMETRY, bitmap) };
        // SAFETY: I9, as above; a buffer of `MaybeUninit<T>` is aligned for `T`.
        unsafe { Self::from_raw_mem_blocks(raw) }
    }

    /// Gives an allocator its type.
    ///
    /// # Safety
    ///
    /// Its geometry is [`Self::GEOMETRY`], and its buffer is aligned for `T`.
    pub(crate) const unsafe fn from_raw_mem_blocks(raw: RawMemBlocks) -> Self {
        Self { raw, _blocks: PhantomData }
    }

    /// The same allocator without its type.
    #[must_use]
    #[inline]
    pub const fn raw(&'static self) -> &'static RawMemBlocks {
        &self.raw
    }
}

/// Blocks.
impl<T, const N: usize> MemBlocks<T, N> {
    /// Takes one block. Its content is not initialised: [`Block::write`] makes it a `Block<T>`.
    ///
    /// # Errors
    ///
    /// [`Exhausted`](AllocError::Exhausted).
    #[inline]
    pub fn alloc(&'static self) -> Result<Block<MaybeUninit<T>>, AllocError> {
        // SAFETY: I9. `GEOMETRY` is that of every allocator of this type.
        let taken = unsafe { self.raw.take_one(Self::GEOMETRY) };
        let (raw, block) = taken.ok_or(AllocError::Exhausted)?;
        // SAFETY: I1, I2. The block was handed out just now and has no other owner. I9, I10. Blocks
        // are of `T`'s size and alignment, and any bytes are a `MaybeUninit`.
        Ok(unsafe { Block::own(raw, block.cast()) })
    }

    /// Takes one block and writes to it what `value` returns.
    ///
    /// `value` runs only if there was a block, with interrupts on. If it panics, the block is
    /// given back.
    ///
    /// # Errors
    ///
    /// [`Exhausted`](AllocError::Exhausted).
    #[inline]
    pub fn alloc_with(&'static self, value: impl FnOnce() -> T) -> Result<Block<T>, AllocError> {
        let block = self.alloc()?;
        Ok(Block::write(block, value()))
    }

    /// Takes one block and fills it with zeros, in place.
    ///
    /// # Errors
    ///
    /// [`Exhausted`](AllocError::Exhausted).
    #[inline]
    pub fn alloc_zeroed(&'static self) -> Result<Block<T>, AllocError>
    where
        T: Zeroable,
    {
        self.alloc().map(Block::write_zeroed)
    }

    /// Takes `K` blocks, each with a handle of its own. They need not be adjacent; they stand in
    /// ascending order of address.
    ///
    /// # Errors
    ///
    /// [`ExceedsCapacity`](AllocError::ExceedsCapacity), [`Exhausted`](AllocError::Exhausted).
    pub fn alloc_array<const K: usize>(
        &'static self,
    ) -> Result<[Block<MaybeUninit<T>>; K], AllocError> {
        if K > N {
            return Err(self.raw.exceeds_capacity(K));
        }
        let own = |block: NonNull<u8>| {
            // SAFETY: I1, I2, I9, I10, as for `alloc`.
            unsafe { Block::own(&self.raw, block.cast()) }
        };
        let (first, mut blocks) = self.take_in_word(K);
        if blocks != 0 || K == 0 {
            return Ok(array::from_fn(|_| {
                own(self.raw.address_of(first + bitmap::take_lowest(&mut blocks)))
            }));
        }
        let mut list = [NonNull::dangling(); K];
        // SAFETY: I11. The list has `K` entries, and stays until this returns; the stack is within reach.
        unsafe { self.raw.take_each(list.as_mut_ptr().cast(), K) }?;
        Ok(list.map(own))
    }

    /// Takes `count` blocks in one handle with room for `MAX`. They need not be adjacent.
    ///
    /// # Errors
    ///
    /// [`ExceedsCapacity`](AllocError::ExceedsCapacity), also for a count above `MAX`;
    /// [`Exhausted`](AllocError::Exhausted).
    #[inline]
    pub fn alloc_scatter<const MAX: usize>(
        &'static self,
        count: usize,
    ) -> Result<Scatter<MaybeUninit<T>, MAX>, AllocError> {
        if count > MAX || count > N {
            return Err(self.raw.exceeds_capacity(count));
        }
        let (first, blocks) = self.take_in_word(count);
        if blocks == 0 && count != 0 {
            return self.alloc_listed(count);
        }
        // SAFETY: I1, I2, I9, I10, as for `alloc`.
        Ok(unsafe { Scatter::own(&self.raw, count, first, blocks) })
    }

    /// Takes `count` blocks of one word, if one has as many that are free.
    #[inline]
    fn take_in_word(&'static self, count: usize) -> (usize, Bits) {
        if count == 0 { (0, 0) } else { self.raw.take_in_word(count) }
    }

    /// Takes `count` blocks, where no word has as many that are free.
    #[cold]
    fn alloc_listed<const MAX: usize>(
        &'static self,
        count: usize,
    ) -> Result<Scatter<MaybeUninit<T>, MAX>, AllocError> {
        let mut list = [const { MaybeUninit::uninit() }; MAX];
        // SAFETY: I11. The list has `MAX` entries, which are not fewer, and stays until this returns; the stack is within
        // reach.
        unsafe { self.raw.take_each(list.as_mut_ptr().cast(), count) }?;
        // SAFETY: I1, I2, I9, I10, as for `alloc`; the addresses were written in ascending order.
        Ok(unsafe { Scatter::own_listed(&self.raw, count, list) })
    }

    /// Takes `count` adjacent blocks: the lowest run that is long enough.
    ///
    /// # Errors
    ///
    /// [`ExceedsCapacity`](AllocError::ExceedsCapacity), or [`Exhausted`](AllocError::Exhausted)
    /// if no run is long enough, even if there are as many free blocks.
    #[inline]
    pub fn alloc_contiguous(
        &'static self,
        count: usize,
    ) -> Result<Run<MaybeUninit<T>>, AllocError> {
        // SAFETY: I9. `GEOMETRY` is that of every allocator of this type.
        let (raw, first) = unsafe { self.raw.take_run(count, Self::GEOMETRY) }?;
        // SAFETY: I1, I2, I9, I10, as for `alloc`.
        Ok(unsafe { Run::own(raw, first.cast(), count) })
    }

    /// Takes the longest run of adjacent blocks that is not longer than `counts.end()` and not
    /// shorter than `counts.start()`; of the longest, the lowest. It is found in one pass.
    ///
    /// # Errors
    ///
    /// [`ExceedsCapacity`](AllocError::ExceedsCapacity) if `counts.start()` is more than the
    /// allocator has, or above `counts.end()`; [`Exhausted`](AllocError::Exhausted) if no run is
    /// long enough.
    pub fn alloc_contiguous_in(
        &'static self,
        counts: RangeInclusive<usize>,
    ) -> Result<Run<MaybeUninit<T>>, AllocError> {
        if counts.is_empty() {
            return Err(self.raw.exceeds_capacity(*counts.start()));
        }
        let (first, count) = self.raw.take_run_in(*counts.start(), *counts.end())?;
        // SAFETY: I1, I2, I9, I10, as for `alloc`.
        Ok(unsafe { Run::own(&self.raw, first.cast(), count) })
    }

    /// Takes exactly the blocks with these indices, if all of them are free.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`](ClaimError::OutOfRange), also for a range that ends before it starts;
    /// [`Taken`](ClaimError::Taken).
    pub fn claim(
        &'static self,
        range: impl RangeBounds<usize>,
    ) -> Result<Run<MaybeUninit<T>>, ClaimError> {
        let (first, count) = self.raw.take_range(&range)?;
        // SAFETY: I1, I2, I9, I10, as for `alloc`.
        Ok(unsafe { Run::own(&self.raw, first.cast(), count) })
    }

    /// Whether the blocks with these indices are all free; `false` if one is out of range, `true`
    /// for an empty range.
    ///
    /// A snapshot: it may have changed before the caller looks at it. To have the blocks,
    /// [`claim`](Self::claim) them.
    #[must_use]
    pub fn is_free(&'static self, range: impl RangeBounds<usize>) -> bool {
        self.raw.is_range_free(&range)
    }

    /// The number of blocks that are not free. A snapshot.
    #[must_use]
    pub fn used(&'static self) -> usize {
        self.raw.used()
    }

    /// The number of free blocks. A snapshot.
    #[must_use]
    pub fn available(&'static self) -> usize {
        self.raw.available()
    }

    /// The length of the longest run of free blocks, in blocks. A snapshot.
    #[must_use]
    pub fn largest_free_run(&'static self) -> usize {
        self.raw.largest_free_run()
    }

    /// How full it is, and was: all of it at one moment.
    #[cfg(feature = "stats")]
    #[must_use]
    pub fn stats(&'static self) -> Stats {
        self.raw.stats()
    }

    /// Lets [`Stats::max_used`] begin again, with the blocks that are used now.
    #[cfg(feature = "stats")]
    pub fn reset_max_used(&'static self) {
        self.raw.reset_max_used();
    }

    /// The name of the `static` that the macros have made it; none of one that was built at run time.
    #[cfg(feature = "name")]
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        self.raw.name()
    }
}

impl<T, const N: usize> From<&'static MemBlocks<T, N>> for &'static RawMemBlocks {
    fn from(pool: &'static MemBlocks<T, N>) -> Self {
        pool.raw()
    }
}

impl<T, const N: usize> fmt::Debug for MemBlocks<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        View::of(&self.raw).fmt("MemBlocks", f)
    }
}

#[cfg(feature = "defmt")]
impl<T, const N: usize> defmt::Format for MemBlocks<T, N> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "MemBlocks {}", View::of(&self.raw));
    }
}
