//! The allocator without its type: blocks by address.

mod state;

use core::fmt;
use core::ops::{Range, RangeBounds};
use core::ptr::{self, NonNull};

use crate::bitmap::Word;
use crate::error::{AllocError, ClaimError, FreeError, FreeErrorKind};
use crate::geometry::{Geometry, Stride};
use crate::lock::{self, Key, Locked};

use state::State;

/// The bitmap of an allocator: `W` words of 32 bits, one bit a block. All blocks are free in a new
/// one.
///
/// The macros declare it; you need it for an allocator that is built at run time. Its size for `N`
/// blocks is [`bitmap_words(N)`](crate::bitmap_words) words. A `static` of it lies in `.bss`.
#[repr(transparent)]
pub struct Bitmap<const W: usize> {
    words: Locked<[Word; W]>,
}

impl<const W: usize> Bitmap<W> {
    /// A bitmap in which all blocks are free.
    #[must_use]
    pub const fn new() -> Self {
        Self { words: Locked::new([0; W]) }
    }
}

impl<const W: usize> Default for Bitmap<W> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const W: usize> fmt::Debug for Bitmap<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bitmap").field("words", &W).finish_non_exhaustive()
    }
}

/// A memory blocks allocator seen by addresses: for drivers, for callers in C, and for groups.
///
/// [`MemBlocks::raw`] gives it. It is the same allocator as the [`MemBlocks`] that it comes from:
/// what one takes is taken for the other. It knows the block size as a number only, and hands out
/// `*mut u8` instead of owning handles; whoever takes a block this way gives it back with
/// [`free`](Self::free).
///
/// ```
/// # use mem_blocks::{mem_blocks, FreeErrorKind, MemBlocks};
/// #[mem_blocks]
/// static POOL: MemBlocks<[u8; 64], 4>;
///
/// let raw = POOL.raw();
/// let mut blocks = [core::ptr::null_mut(); 2];
/// raw.alloc(&mut blocks)?;
/// assert_eq!(POOL.used(), 2);
///
/// // SAFETY: the blocks came from `alloc`, and nothing uses them any more.
/// unsafe { raw.free(&blocks) }?;
///
/// // SAFETY: as above; a second `free` is refused and changes nothing.
/// let error = unsafe { raw.free(&blocks) }.unwrap_err();
/// assert_eq!((error.entry(), error.kind()), (0, FreeErrorKind::NotAllocated));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Layout
///
/// A descriptor of six words (24 bytes on a 32-bit target), immutable, so that a `static` of it
/// lies in flash:
///
/// ```text
///  flash                              RAM
/// +------------+                     +------------+------------+-- - --+--------------+
/// | buffer   --+-------------------> | block 0    | block 1    |       | block N - 1  |
/// | block size |                     +------------+------------+-- - --+--------------+
/// | inverse    |                     +----------+-- -
/// | num blocks |      .------------> | 32 bits  |           bit i: block i is not free
/// | bitmap   --+-----'               +----------+-- -
/// |  and words |
/// +------------+
/// ```
///
/// # Addresses
///
/// Every address given to a method may be anything: null, foreign, inside a block, unaligned. The
/// buffer is never accessed, and addresses are not dereferenced.
///
/// [`MemBlocks`]: crate::MemBlocks
/// [`MemBlocks::raw`]: crate::MemBlocks::raw
pub struct RawMemBlocks {
    /// Where block 0 starts, with the provenance of the whole buffer (I4).
    buffer: NonNull<u8>,
    geometry: Geometry,
    bitmap: &'static Locked<[Word]>,
}

// SAFETY: the only field that is not `Sync` by itself is the address of the buffer, and the buffer
// is never accessed through it (I5): it is handed out, to one owner at a time (I2).
unsafe impl Sync for RawMemBlocks {}

// SAFETY: as for `Sync`; the descriptor can be moved to another context before it is shared.
unsafe impl Send for RawMemBlocks {}

/// Construction. The caller has checked the geometry at compile time.
impl RawMemBlocks {
    /// # Safety
    ///
    /// For as long as the program runs, nothing but the blocks' owners may access the
    /// `geometry.buffer_size()` bytes at `buffer`, no other allocator may hand them out or use
    /// `bitmap`, and they lie in one allocation (or one piece of address space that Rust knows
    /// nothing of) whose provenance `buffer` has.
    pub(crate) const unsafe fn new<const W: usize>(
        buffer: NonNull<u8>,
        geometry: Geometry,
        bitmap: &'static Bitmap<W>,
    ) -> Self {
        Self { buffer, geometry, bitmap: &bitmap.words }
    }

    /// An allocator from which nothing can be allocated.
    pub(crate) const fn vacant() -> Self {
        static NO_BITMAP: Bitmap<0> = Bitmap::new();
        // SAFETY: without a word in the bitmap, no address is ever handed out.
        unsafe { Self::new(NonNull::dangling(), Geometry::SMALLEST, &NO_BITMAP) }
    }
}

/// The shape.
impl RawMemBlocks {
    /// The size of a block in bytes.
    #[must_use]
    #[inline]
    pub const fn block_size(&self) -> usize {
        self.geometry.block_size()
    }

    /// The number of blocks.
    #[must_use]
    #[inline]
    pub const fn num_blocks(&self) -> usize {
        self.geometry.num_blocks()
    }

    /// The whole buffer: `num_blocks() * block_size()` bytes.
    #[must_use]
    #[inline]
    pub const fn buffer(&self) -> *mut [u8] {
        ptr::slice_from_raw_parts_mut(self.buffer.as_ptr(), self.geometry.buffer_size())
    }

    /// Whether `address` lies in the buffer, at the start of a block or inside it.
    #[must_use]
    #[inline]
    pub fn owns(&self, address: *const u8) -> bool {
        self.offset(address) < self.geometry.buffer_size()
    }

    /// From the start of the buffer to `address`, in bytes; large for an address below it.
    #[inline]
    fn offset(&self, address: *const u8) -> usize {
        address.addr().wrapping_sub(self.buffer.addr().get())
    }

    /// The block that starts at `address`.
    fn index_of(&self, address: *const u8) -> Option<usize> {
        self.geometry.index_of(self.offset(address))
    }

    /// Where block `index` starts. `index` may be the number of blocks: where the buffer ends.
    #[inline]
    fn address_of(&self, index: usize) -> NonNull<u8> {
        // SAFETY: I4. `index <= num_blocks`, so the offset is at most the size of the buffer, which
        // `Geometry` has limited to `isize::MAX` and the constructor's caller has vouched for.
        unsafe { self.buffer.add(self.geometry.offset_of(index)) }
    }

    #[inline]
    fn state<'k>(&'k self, key: &'k mut Key) -> State<'k> {
        State::new(self.bitmap.get(key), self.geometry.num_blocks())
    }
}

/// Blocks by address.
impl RawMemBlocks {
    /// Takes as many blocks as `out` has entries, all of them or none, and writes their addresses
    /// to `out` in ascending order. The blocks need not be adjacent.
    ///
    /// Under the lock: one pass over the bitmap to count, one to take.
    ///
    /// # Errors
    ///
    /// [`ExceedsCapacity`](AllocError::ExceedsCapacity), [`Exhausted`](AllocError::Exhausted);
    /// `out` is as it was.
    pub fn alloc(&self, out: &mut [*mut u8]) -> Result<(), AllocError> {
        let count = out.len();
        if count == 0 {
            return Ok(());
        }
        self.check_capacity(count)?;
        let mut entries = out.iter_mut();
        let taken = lock::with(|key| {
            self.state(key).take_each(count, |index| {
                if let Some(entry) = entries.next() {
                    *entry = self.address_of(index).as_ptr();
                }
            })
        });
        if taken { Ok(()) } else { Err(AllocError::Exhausted) }
    }

    /// Gives back the blocks at these addresses, all of them or none.
    ///
    /// Under the lock: for each entry one look at the bitmap and one store.
    ///
    /// # Errors
    ///
    /// [`FreeError`] with the first entry that is not the start of a block of this allocator, is
    /// not allocated, or stands in the list before.
    ///
    /// # Safety
    ///
    /// Nothing uses the blocks any more: no handle owns one of them, no pointer to one of them is
    /// accessed, and no DMA transfer to or from one of them is running.
    pub unsafe fn free(&self, blocks: &[*mut u8]) -> Result<(), FreeError> {
        free_all(blocks, |_| Some(self))
    }

    /// Takes `count` adjacent blocks and returns the address of the first. Of the runs that are
    /// long enough, the lowest is used (first fit).
    ///
    /// With a count of 0, nothing is taken and the address is the buffer's.
    ///
    /// # Errors
    ///
    /// [`ExceedsCapacity`](AllocError::ExceedsCapacity), or [`Exhausted`](AllocError::Exhausted)
    /// if no run is long enough, even if there are as many free blocks.
    pub fn alloc_contiguous(&self, count: usize) -> Result<NonNull<u8>, AllocError> {
        self.take_run(count, count).map(|(first, _)| first)
    }

    /// Gives back `count` adjacent blocks, all of them or none. They may be a part of what was
    /// allocated in one call, or the result of several calls.
    ///
    /// # Errors
    ///
    /// [`FreeError`] with the first block that is past the end of the buffer or not allocated; its
    /// entry is the distance from `first` in blocks. Entry 0 if `first` is not the start of a
    /// block.
    ///
    /// # Safety
    ///
    /// As for [`free`](Self::free).
    pub unsafe fn free_contiguous(&self, first: *mut u8, count: usize) -> Result<(), FreeError> {
        if count == 0 {
            return Ok(());
        }
        let Some(start) = self.index_of(first) else {
            return Err(FreeError::new(0, self.why_no_block(first)));
        };
        let behind = self.num_blocks() - start;
        if count > behind {
            return Err(FreeError::new(behind, FreeErrorKind::NotInBuffer));
        }
        let run = start..start + count;
        lock::with(|key| self.state(key).give_back_run_checked(&run))
            .map_err(|index| FreeError::new(index - start, FreeErrorKind::NotAllocated))
    }

    /// Takes exactly the `count` blocks from `first` on, if all of them are free.
    ///
    /// # Errors
    ///
    /// [`NotBlockStart`](ClaimError::NotBlockStart), [`OutOfRange`](ClaimError::OutOfRange),
    /// [`Taken`](ClaimError::Taken).
    pub fn claim(&self, first: *mut u8, count: usize) -> Result<(), ClaimError> {
        if count == 0 {
            return Ok(());
        }
        let Some(start) = self.index_of(first) else {
            return Err(match self.why_no_block(first) {
                FreeErrorKind::NotBlockStart => ClaimError::NotBlockStart,
                _ => ClaimError::OutOfRange,
            });
        };
        if count > self.num_blocks() - start {
            return Err(ClaimError::OutOfRange);
        }
        self.take_these(&(start..start + count))
    }

    /// Whether the `count` blocks from `first` on are all free. `false` if `first` is not the start
    /// of a block or a block lies past the end, `true` for a count of 0.
    ///
    /// A snapshot: it may have changed before the caller looks at it. To have the blocks,
    /// [`claim`](Self::claim) them.
    #[must_use]
    pub fn is_region_free(&self, first: *const u8, count: usize) -> bool {
        if count == 0 {
            return true;
        }
        let Some(start) = self.index_of(first) else {
            return false;
        };
        count <= self.num_blocks() - start && self.are_free(&(start..start + count))
    }

    /// The number of blocks that are not free. A snapshot.
    #[must_use]
    pub fn used(&self) -> usize {
        lock::with(|key| self.state(key).used())
    }

    /// The number of free blocks. A snapshot.
    #[must_use]
    pub fn available(&self) -> usize {
        self.num_blocks() - self.used()
    }

    /// The length of the longest run of free blocks, in blocks. A snapshot.
    #[must_use]
    pub fn largest_free_run(&self) -> usize {
        lock::with(|key| self.state(key).largest_free_run())
    }

    /// Panics if the bitmap is not one that the operations can have left. For tests.
    #[doc(hidden)]
    pub fn assert_valid(&self) {
        lock::with(|key| self.state(key).assert_valid());
    }

    fn check_capacity(&self, count: usize) -> Result<(), AllocError> {
        if count > self.num_blocks() { Err(AllocError::ExceedsCapacity) } else { Ok(()) }
    }

    /// Why no block starts at `address`.
    fn why_no_block(&self, address: *const u8) -> FreeErrorKind {
        if self.owns(address) { FreeErrorKind::NotBlockStart } else { FreeErrorKind::NotInBuffer }
    }
}

/// What the typed front and the handles are made of.
impl RawMemBlocks {
    /// Takes one block.
    ///
    /// # Safety
    ///
    /// `geometry` is the allocator's own, given as a constant where it is one.
    #[inline]
    pub(crate) unsafe fn take_one(&self, geometry: Geometry) -> Result<NonNull<u8>, AllocError> {
        let taken =
            lock::with(|key| State::new(self.bitmap.get(key), geometry.num_blocks()).take_one());
        match taken {
            // SAFETY: I4, as in `address_of`: by the caller's promise, the index is that of one of
            // the allocator's blocks and the offset where it starts.
            Some(index) => Ok(unsafe { self.buffer.add(geometry.offset_of(index)) }),
            None => Err(AllocError::Exhausted),
        }
    }

    /// Takes the longest run of `min..=max` blocks; returns its start and its length.
    pub(crate) fn take_run(
        &self,
        min: usize,
        max: usize,
    ) -> Result<(NonNull<u8>, usize), AllocError> {
        if max == 0 {
            return Ok((self.buffer, 0));
        }
        self.check_capacity(min)?;
        let max = max.min(self.num_blocks());
        let found = lock::with(|key| self.state(key).take_run(min.max(1), max));
        match found {
            Some(run) => Ok((self.address_of(run.start), run.len())),
            None if min == 0 => Ok((self.buffer, 0)),
            None => Err(AllocError::Exhausted),
        }
    }

    /// Takes the blocks with these indices; returns the start of the first and their number.
    pub(crate) fn take_range(
        &self,
        range: &impl RangeBounds<usize>,
    ) -> Result<(NonNull<u8>, usize), ClaimError> {
        let range = self.geometry.range(range).ok_or(ClaimError::OutOfRange)?;
        if range.is_empty() {
            // Nothing, but in its place; a place behind the buffer is the buffer's end.
            return Ok((self.address_of(range.start.min(self.num_blocks())), 0));
        }
        self.take_these(&range)?;
        Ok((self.address_of(range.start), range.len()))
    }

    /// Whether the blocks with these indices are all free; `false` for a range that is not inside.
    pub(crate) fn is_range_free(&self, range: &impl RangeBounds<usize>) -> bool {
        self.geometry.range(range).is_some_and(|range| range.is_empty() || self.are_free(&range))
    }

    fn take_these(&self, range: &Range<usize>) -> Result<(), ClaimError> {
        if lock::with(|key| self.state(key).take_these(range)) {
            Ok(())
        } else {
            Err(ClaimError::Taken)
        }
    }

    fn are_free(&self, range: &Range<usize>) -> bool {
        lock::with(|key| self.state(key).is_free(range))
    }

    /// The index of a block that this allocator has handed out.
    #[inline]
    pub(crate) fn index_of_owned(&self, block: NonNull<u8>, stride: Stride) -> usize {
        stride.exact_quotient(self.offset(block.as_ptr()))
    }

    /// Gives back one block, unchecked.
    ///
    /// # Safety
    ///
    /// This allocator has handed the block out to the caller, who gives it up (I2); `stride` is the
    /// allocator's own.
    #[inline]
    pub(crate) unsafe fn give_back_one(&self, block: NonNull<u8>, stride: Stride) {
        let index = self.index_of_owned(block, stride);
        lock::with(|key| self.state(key).give_back_one(index));
    }

    /// Gives back a run, unchecked.
    ///
    /// # Safety
    ///
    /// This allocator has handed the blocks out to the caller, who gives them up (I2).
    pub(crate) unsafe fn give_back_run(&self, first: NonNull<u8>, count: usize) {
        if count == 0 {
            return;
        }
        let start = self.index_of_owned(first, self.geometry.stride());
        let run = start..start + count;
        lock::with(|key| self.state(key).give_back_run(&run));
    }

    /// Gives back blocks, unchecked.
    ///
    /// # Safety
    ///
    /// As for [`give_back_run`](Self::give_back_run).
    pub(crate) unsafe fn give_back_each(&self, blocks: &[*mut u8]) {
        if blocks.is_empty() {
            return;
        }
        let stride = self.geometry.stride();
        let indices = blocks.iter().map(|&block| stride.exact_quotient(self.offset(block)));
        lock::with(|key| self.state(key).give_back_each(indices));
    }
}

/// Gives back blocks of one or several allocators, all of them or none, under one lock.
/// `member_of` says which allocator an address is from.
pub(crate) fn free_all<'a>(
    blocks: &[*mut u8],
    member_of: impl Fn(*mut u8) -> Option<&'a RawMemBlocks>,
) -> Result<(), FreeError> {
    if blocks.is_empty() {
        return Ok(());
    }
    let place_of = |block| {
        let member = member_of(block)?;
        Some((member, member.index_of(block)?))
    };
    let first_bad = lock::with(|key| {
        let bad = blocks.iter().position(|&block| {
            !place_of(block)
                .is_some_and(|(member, index)| member.state(key).give_back_checked(index))
        })?;
        for &block in blocks.iter().take(bad) {
            if let Some((member, index)) = place_of(block) {
                member.state(key).undo_give_back(index);
            }
        }
        Some(bad)
    });
    let Some((entry, &block)) = first_bad.and_then(|bad| Some((bad, blocks.get(bad)?))) else {
        return Ok(());
    };
    Err(FreeError::new(
        entry,
        match member_of(block) {
            None => FreeErrorKind::NotInBuffer,
            Some(member) if member.index_of(block).is_none() => member.why_no_block(block),
            Some(_) if blocks.iter().take(entry).any(|&earlier| earlier == block) => {
                FreeErrorKind::ListedTwice
            }
            Some(_) => FreeErrorKind::NotAllocated,
        },
    ))
}

impl fmt::Debug for RawMemBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawMemBlocks")
            .field("block_size", &self.block_size())
            .field("num_blocks", &self.num_blocks())
            .field("used", &self.used())
            .finish_non_exhaustive()
    }
}
