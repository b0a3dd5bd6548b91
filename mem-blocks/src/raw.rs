//! The allocator without its type: blocks by address.

mod many;
mod one;
mod turn;

#[cfg(all(target_arch = "arm", target_os = "none"))]
use core::arch::asm;
use core::fmt;
use core::hint::assert_unchecked;
use core::ops::{Range, RangeBounds};
use core::ptr::{self, NonNull};

use crate::bitmap::{self, Bits, WORD_BITS, bitmap_words};
use crate::error::{AllocError, ClaimError, FreeError, FreeErrorKind};
use crate::geometry::{Geometry, Stride};
use crate::lock::Word;

use many::{Expected, Many};
use one::One;

pub(crate) use many::summed_words;

/// The bitmap of an allocator: `W` words of 32 bits, one bit a block. All blocks are free in a new
/// one.
///
/// The macros declare it, with room for its summary; you need it for an allocator that is built at
/// run time. Its size for `N` blocks is then [`bitmap_words(N)`](crate::bitmap_words) words. A
/// `static` of it lies in `.bss`.
#[repr(transparent)]
pub struct Bitmap<const W: usize> {
    words: [Word; W],
}

impl<const W: usize> Bitmap<W> {
    /// A bitmap in which all blocks are free.
    #[must_use]
    pub const fn new() -> Self {
        Self { words: [const { Word::new() }; W] }
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
/// A descriptor of seven words (28 bytes on a 32-bit target), immutable, so that a `static` of it
/// lies in flash:
///
/// ```text
///  flash                              RAM
/// +------------+                     +------------+------------+-- - --+--------------+
/// | operations |      .------------> | block 0    | block 1    |       | block N - 1  |
/// | buffer   --+-----'               +------------+------------+-- - --+--------------+
/// | bitmap   --+-----.               +----------+-- -
/// | block size |      '------------> | 32 bits  |           bit i: block i is not free
/// | inverse    |                     +----------+-- -
/// | shift      |
/// | num blocks |
/// +------------+
/// ```
///
/// The operations are those of an allocator with more than 32 blocks: a table that it points to, so
/// that a program without such an allocator has no code for them.
///
/// # Addresses
///
/// Every address given to a method may be anything: null, foreign, inside a block, unaligned. The
/// buffer is never accessed, and addresses are not dereferenced.
///
/// [`MemBlocks`]: crate::MemBlocks
/// [`MemBlocks::raw`]: crate::MemBlocks::raw
// In this order: what a `Block` needs to be given back are three loads by two instructions.
#[repr(C)]
pub struct RawMemBlocks {
    /// How blocks are taken and given back, where there is more than one word of them.
    many: Option<&'static Many>,
    /// Where block 0 starts, with the provenance of the whole buffer (I4).
    buffer: NonNull<u8>,
    /// The first word of the bitmap, with the provenance of all.
    bitmap: *const Word,
    geometry: Geometry,
}

// SAFETY: I5, I2. The fields that are not `Sync` by themselves are the address of the buffer, which
// is never accessed through it, but handed out, to one owner at a time; and that of the bitmap, of
// which the words are `Sync`, and live as long (I8).
unsafe impl Sync for RawMemBlocks {}

// SAFETY: I5, I2, as for `Sync`; the descriptor can be moved to another context before it is shared.
unsafe impl Send for RawMemBlocks {}

/// Construction. The caller has checked the geometry at compile time.
impl RawMemBlocks {
    /// # Safety
    ///
    /// For as long as the program runs, nothing but the blocks' owners may access the
    /// `geometry.buffer_size()` bytes at `buffer`, no other allocator may hand them out or use
    /// `bitmap`, and they lie in one allocation (or one piece of address space that Rust knows
    /// nothing of) whose provenance `buffer` has. `W` is [`bitmap_words`], or [`summed_words`], of
    /// `geometry.num_blocks()`.
    pub(crate) const unsafe fn new<const W: usize>(
        buffer: NonNull<u8>,
        geometry: Geometry,
        bitmap: &'static Bitmap<W>,
    ) -> Self {
        let words = bitmap_words(geometry.num_blocks());
        let many = if words <= 1 {
            None
        } else if W > words {
            Some(&many::SUMMED)
        } else {
            Some(&many::PLAIN)
        };
        Self { many, buffer, bitmap: bitmap.words.as_ptr(), geometry }
    }

    /// What stands where no allocator is. Nothing is allocated from it.
    pub(crate) const fn vacant() -> Self {
        static BITMAP: Bitmap<1> = Bitmap::new();
        // SAFETY: I2. Nobody is asked for a block of it.
        unsafe { Self::new(NonNull::dangling(), Geometry::SMALLEST, &BITMAP) }
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
    pub(crate) fn address_of(&self, index: usize) -> NonNull<u8> {
        // SAFETY: I4. `index <= num_blocks`, so the offset is at most the size of the buffer, which
        // `Geometry` has limited to `isize::MAX` and the constructor's caller has vouched for.
        unsafe { self.buffer.add(self.geometry.offset_of(index)) }
    }

    /// A word of the bitmap.
    #[inline]
    fn word(&self, at: usize) -> &Word {
        // SAFETY: I9. The callers stay below the number of words, which follows from that of blocks.
        let word = unsafe { self.bitmap.add(at) };
        // SAFETY: I8, I9, as above; the bitmap is a `static`, or borrowed for as long as one.
        unsafe { &*word }
    }

    /// The bitmap of a pool of up to one word of blocks.
    #[inline]
    fn one(&self) -> One<'_> {
        One::new(self.word(0), self.num_blocks())
    }
}

/// Blocks by address.
impl RawMemBlocks {
    /// Takes as many blocks as `out` has entries, all of them or none, and writes their addresses
    /// to `out` in ascending order. The blocks need not be adjacent: they are the lowest of the first
    /// word of the bitmap (32 blocks) that has as many free ones, or else the lowest of all.
    ///
    /// # Errors
    ///
    /// [`ExceedsCapacity`](AllocError::ExceedsCapacity), [`Exhausted`](AllocError::Exhausted);
    /// `out` is as it was.
    ///
    /// # Where `out` may lie
    ///
    /// With more than 32 blocks, whoever uses such a pool meanwhile may finish the call, and then
    /// writes to `out`: it must lie where every context that does can write, not in the memory of
    /// one core or, with memory protection, of one task.
    pub fn alloc(&self, out: &mut [*mut u8]) -> Result<(), AllocError> {
        let count = out.len();
        if count == 0 {
            return Ok(());
        }
        self.check_capacity(count)?;
        let (first, mut blocks) = self.take_in_word(count);
        if blocks == 0 {
            // SAFETY: I11. The list is the caller's, who gets it back when this returns.
            return unsafe { self.take_each(out.as_mut_ptr(), count) };
        }
        for entry in out {
            let block = first + bitmap::take_lowest(&mut blocks);
            *entry = self.address_of(block).as_ptr();
        }
        Ok(())
    }

    /// Gives back the blocks at these addresses, all of them or none.
    ///
    /// # Errors
    ///
    /// [`FreeError`] with the first entry that is not the start of a block of this allocator, is
    /// not allocated, or stands in the list before.
    ///
    /// # Safety
    ///
    /// Nothing uses the blocks any more: no handle owns one of them, no pointer to one of them is
    /// accessed, and no DMA transfer to or from one of them is running. With more than 32 blocks, the
    /// list lies where every context that uses such a pool can read it: see [`alloc`](Self::alloc).
    #[inline]
    pub unsafe fn free(&self, blocks: &[*mut u8]) -> Result<(), FreeError> {
        match (blocks, self.many) {
            ([block], None) if self.free_one(*block) => Ok(()),
            ([block], None) => Err(self.refusal_of_one(*block)),
            _ => self.free_list(blocks),
        }
    }

    /// Gives back one block of a pool of one word, if it is one and taken.
    #[inline]
    fn free_one(&self, block: *mut u8) -> bool {
        let this = self.by_address();
        let one = One::new(this.word(0), self.num_blocks());
        let index = self.geometry.index_of(this.offset(block));
        index.is_some_and(|index| one.give_back_one(bitmap::bit(index)))
    }

    /// Gives back blocks, all of them or none.
    fn free_list(&self, blocks: &[*mut u8]) -> Result<(), FreeError> {
        match self.many {
            _ if blocks.is_empty() => Ok(()),
            Some(many) => (many.free_each)(self, blocks),
            None => match self.bits_of(blocks) {
                Some(bits) => self.one().give_back_checked(bits),
                None => Err(self.one().free()),
            }
            .map_err(|free| self.refusal(blocks, free)),
        }
    }

    /// The bits of blocks of a pool of one word, if each is one and stands in the list once.
    fn bits_of(&self, blocks: &[*mut u8]) -> Option<Bits> {
        blocks.iter().try_fold(0, |bits, &block| {
            let bit = bitmap::bit(self.index_of(block)?);
            (bits & bit == 0).then_some(bits | bit)
        })
    }

    /// Why the only entry of a list is refused.
    #[cold]
    #[inline(never)]
    fn refusal_of_one(&self, block: *mut u8) -> FreeError {
        self.refusal(&[block], bitmap::FULL)
    }

    /// Why a list is refused, of which not all are blocks, and taken, or one stands there twice.
    #[cold]
    #[inline(never)]
    fn refusal(&self, blocks: &[*mut u8], free: Bits) -> FreeError {
        let found = refusal(&[self], blocks, Some(free));
        // There is one.
        found.unwrap_or(FreeError::new(0, FreeErrorKind::NotAllocated))
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
        self.take_run_in(count, count).map(|(first, _)| first)
    }

    /// Gives back `count` adjacent blocks, all of them or none. They may be a part of what was
    /// allocated in one call, or the result of several calls.
    ///
    /// # Errors
    ///
    /// [`FreeError`] with the first block past the end of the buffer, if there is one, or else the
    /// first that is not allocated; its entry is the distance from `first` in blocks. Entry 0 if
    /// `first` is not the start of a block.
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
        self.give_back_checked(&(start..start + count))
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
    #[inline(never)]
    pub fn used(&self) -> usize {
        match self.many {
            None => self.num_blocks() - self.one().free().count_ones() as usize,
            Some(many) => (many.used)(self),
        }
    }

    /// The number of free blocks. A snapshot.
    #[must_use]
    #[inline(never)]
    pub fn available(&self) -> usize {
        self.num_blocks() - self.used()
    }

    /// The length of the longest run of free blocks, in blocks. A snapshot.
    #[must_use]
    #[inline(never)]
    pub fn largest_free_run(&self) -> usize {
        match self.many {
            None => bitmap::longest_run(self.one().free(), 1, self.num_blocks())
                .map_or(0, |(_, len)| len),
            Some(many) => (many.largest_free_run)(self),
        }
    }

    /// Gives back blocks if all of them are taken; else says which is not.
    fn give_back_checked(&self, range: &Range<usize>) -> Result<(), usize> {
        match self.many {
            None => self
                .one()
                .give_back_checked(bitmap::bits(range.start, range.len()))
                .map_err(|free| free.trailing_zeros() as usize),
            Some(many) => (many.turn_over)(self, range, Expected::TAKEN),
        }
    }

    /// Panics if the bitmap is not one that the operations can have left. For tests.
    #[doc(hidden)]
    pub fn assert_valid(&self) {
        match self.many {
            None => assert!(
                self.word(0).load() & !bitmap::lowest(self.num_blocks()) == 0,
                "a bit beyond the last block is set"
            ),
            // Not by the table: nothing but tests needs it.
            Some(_) => many::assert_valid(self),
        }
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
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the constants are what makes it short")]
    pub(crate) unsafe fn take_one(&self, geometry: Geometry) -> Option<(&Self, NonNull<u8>)> {
        let is_summed = self.is_summed();
        let this = self.by_address();
        let buffer = this.buffer;
        let taken = if geometry.num_blocks() <= WORD_BITS {
            One::new(this.word(0), geometry.num_blocks()).take_lowest()
        } else {
            this.take_lowest(geometry.num_blocks(), is_summed)
        };
        match taken {
            // SAFETY: I4, as in `address_of`: by the caller's promise (I9), the index is that of one
            // of the allocator's blocks and the offset where it starts.
            Some(index) => Some((this, unsafe { buffer.add(geometry.offset_of(index)) })),
            None if geometry.num_blocks() <= WORD_BITS => None,
            None => this.take_one_in_turn(),
        }
    }

    /// Takes one block, where something has come between, or there is none.
    #[cold]
    #[inline(never)]
    fn take_one_in_turn(&self) -> Option<(&Self, NonNull<u8>)> {
        let index = (self.many?.take_lowest_in_turn)(self)?;
        Some((self, self.address_of(index)))
    }

    /// The same allocator, as one of which the compiler knows nothing but its address.
    ///
    /// Of a named one it knows all, and makes each address by two instructions; to load two from the
    /// descriptor, whose address is in the handle anyway, takes one.
    #[inline]
    fn by_address(&self) -> &Self {
        #[cfg(all(target_arch = "arm", target_os = "none"))]
        {
            let mut this: *const Self = self;
            // Not `ready!`, which stays: where nobody wants the address, this one is left out.
            // SAFETY: I12. There is no instruction in it.
            unsafe { asm!("/* {0} */", inout(reg) this, options(pure, nomem, nostack)) };
            // SAFETY: I12. It is what it was.
            unsafe { &*this }
        }
        #[cfg(not(all(target_arch = "arm", target_os = "none")))]
        self
    }

    /// Takes `count` blocks of one word, at least one: the index of the word's first block, and
    /// which. No block, if no word has as many free ones.
    #[inline]
    pub(crate) fn take_in_word(&self, count: usize) -> (usize, Bits) {
        match self.many {
            None => (0, self.one().take_some(count)),
            Some(many) => (many.take_in_word)(self, count),
        }
    }

    /// Takes `count` blocks, where no word has as many that are free, and writes their addresses to
    /// `list`.
    ///
    /// # Safety
    ///
    /// The list has `count` entries, to which nobody else has access. With more than one word of blocks, it lies where
    /// every context that uses such a pool can reach it (I11).
    pub(crate) unsafe fn take_each(
        &self,
        list: *mut *mut u8,
        count: usize,
    ) -> Result<(), AllocError> {
        match self.many {
            // SAFETY: I11, passed on to the caller.
            Some(many) if unsafe { (many.take_each)(self, list, count) } => Ok(()),
            _ => Err(AllocError::Exhausted),
        }
    }

    /// Takes a run of `count` blocks; returns its start.
    ///
    /// # Safety
    ///
    /// As for [`take_one`](Self::take_one).
    #[inline]
    pub(crate) unsafe fn take_run(
        &self,
        count: usize,
        geometry: Geometry,
    ) -> Result<(&Self, NonNull<u8>), AllocError> {
        let many = self.many;
        let this = self.by_address();
        let buffer = this.buffer;
        if count == 0 {
            return Ok((this, buffer));
        }
        if count > geometry.num_blocks() {
            return Err(AllocError::ExceedsCapacity);
        }
        let start = if geometry.num_blocks() <= WORD_BITS {
            One::new(this.word(0), geometry.num_blocks()).take(|free| {
                let start = bitmap::find_run(free, count)?;
                Some((start, bitmap::bits(start, count)))
            })
        } else {
            many.and_then(|many| (many.take_run)(self, count, count)).map(|run| run.start)
        };
        match start {
            // SAFETY: I4, I9, as in `take_one`.
            Some(start) => Ok((this, unsafe { buffer.add(geometry.offset_of(start)) })),
            None => Err(AllocError::Exhausted),
        }
    }

    /// Takes the longest run of `min..=max` blocks; returns its start and its length.
    pub(crate) fn take_run_in(
        &self,
        min: usize,
        max: usize,
    ) -> Result<(NonNull<u8>, usize), AllocError> {
        if max == 0 {
            return Ok((self.buffer, 0));
        }
        self.check_capacity(min)?;
        let max = max.min(self.num_blocks());
        let least = min.max(1);
        let found = match self.many {
            None => self.one().take(|free| {
                let (start, len) = bitmap::longest_run(free, least, max)?;
                Some(((start, len), bitmap::bits(start, len)))
            }),
            Some(many) => (many.take_run)(self, least, max).map(|run| (run.start, run.len())),
        };
        match found {
            Some((start, len)) => Ok((self.address_of(start), len)),
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

    /// Takes these blocks, at least one and all of them inside.
    fn take_these(&self, range: &Range<usize>) -> Result<(), ClaimError> {
        let taken = match self.many {
            None => {
                let blocks = bitmap::bits(range.start, range.len());
                self.one().take(|free| (free & blocks == blocks).then_some(((), blocks))).is_some()
            }
            Some(many) => (many.turn_over)(self, range, Expected::FREE).is_ok(),
        };
        if taken { Ok(()) } else { Err(ClaimError::Taken) }
    }

    /// Whether these blocks, at least one and all of them inside, are free.
    fn are_free(&self, range: &Range<usize>) -> bool {
        match self.many {
            None => {
                let blocks = bitmap::bits(range.start, range.len());
                self.one().free() & blocks == blocks
            }
            Some(many) => (many.is_free)(self, range),
        }
    }

    /// The distance between blocks.
    #[inline]
    pub(crate) const fn stride(&self) -> Stride {
        self.geometry.stride()
    }

    /// The index of a block that this allocator has handed out.
    fn index_of_owned(&self, block: *const u8) -> usize {
        self.index_by(block, self.stride())
    }

    /// The same; `stride` is the allocator's own, given as a constant where it is one.
    #[inline]
    pub(crate) fn index_by(&self, block: *const u8, stride: Stride) -> usize {
        stride.quotient(self.offset(block))
    }

    /// Gives back one block, unchecked.
    ///
    /// # Safety
    ///
    /// This allocator has handed the block out to the caller, who gives it up (I2); `stride` is the
    /// allocator's own.
    #[inline]
    pub(crate) unsafe fn give_back_one(&self, block: NonNull<u8>, stride: Stride) {
        if let Some(many) = self.many {
            return (many.give_back_one)(self, block.as_ptr());
        }
        let index = self.index_by(block.as_ptr(), stride);
        // SAFETY: I2, I4. So many blocks has an allocator at most that has one word of them (I9).
        unsafe { assert_unchecked(index < WORD_BITS) };
        self.one().give_back(bitmap::bit(index));
    }

    /// Gives back adjacent blocks, unchecked.
    ///
    /// # Safety
    ///
    /// As for [`give_back_one`](Self::give_back_one).
    #[inline]
    pub(crate) unsafe fn give_back(&self, first: NonNull<u8>, count: usize, stride: Stride) {
        if count == 0 {
            return;
        }
        if let Some(many) = self.many {
            return (many.give_back)(self, first.as_ptr(), count);
        }
        let start = self.index_by(first.as_ptr(), stride);
        // SAFETY: I2, I4, I9, as for one.
        unsafe { assert_unchecked(start < WORD_BITS && count <= WORD_BITS) };
        self.one().give_back(bitmap::bits(start, count));
    }

    /// Gives back blocks of one word, unchecked: `first` is the index of its first block.
    ///
    /// # Safety
    ///
    /// As for [`give_back_one`](Self::give_back_one).
    #[inline]
    pub(crate) unsafe fn give_back_in_word(&self, first: usize, blocks: Bits) {
        match self.many {
            None => self.one().give_back(blocks),
            Some(many) => (many.give_back_in_word)(self, first, blocks),
        }
    }

    /// Gives back the blocks at these addresses, unchecked: what [`take_each`](Self::take_each) took.
    ///
    /// # Safety
    ///
    /// As for [`give_back_one`](Self::give_back_one).
    #[inline]
    pub(crate) unsafe fn give_back_each(&self, blocks: &[*mut u8]) {
        // There are such blocks of a pool of more than one word alone.
        if let Some(many) = self.many {
            (many.give_back_each)(self, blocks);
        }
    }
}

/// Gives back blocks of several allocators, all of them or none.
///
/// # Safety
///
/// As for [`RawMemBlocks::free`].
pub(crate) unsafe fn free_all(
    members: &[&RawMemBlocks],
    blocks: &[*mut u8],
) -> Result<(), FreeError> {
    let first = blocks.first().and_then(|&first| member_of(members, first));
    if let Some(member) = first.filter(|member| blocks.iter().all(|&block| member.owns(block))) {
        return member.free_list(blocks);
    }
    if let Some(refusal) = refusal(members, blocks, None) {
        return Err(refusal);
    }
    blocks.iter().enumerate().try_for_each(|(entry, &block)| {
        let freed = member_of(members, block).is_some_and(|member| {
            let index = member.index_of_owned(block);
            member.give_back_checked(&(index..index + 1)).is_ok()
        });
        if freed { Ok(()) } else { Err(FreeError::new(entry, FreeErrorKind::NotAllocated)) }
    })
}

/// The first entry that is not the start of a block of a member, is free, or stands in the list
/// before; if there is one. `free` are the free blocks of the only member, of one word, where they
/// are known; else it is looked whether a block is.
#[cold]
#[inline(never)]
fn refusal(members: &[&RawMemBlocks], blocks: &[*mut u8], free: Option<Bits>) -> Option<FreeError> {
    let mut highest = ptr::null_mut();
    blocks.iter().enumerate().find_map(|(entry, &block)| {
        let kind = match member_of(members, block).map(|member| (member, member.index_of(block))) {
            None => FreeErrorKind::NotInBuffer,
            Some((_, None)) => FreeErrorKind::NotBlockStart,
            Some((member, Some(index))) => {
                // As long as they ascend, none stands there twice.
                let is_new =
                    block > highest || !blocks.iter().take(entry).any(|&earlier| earlier == block);
                let free = free.unwrap_or_else(|| !member.word(index / WORD_BITS).load());
                match (is_new, free & bitmap::bit(index)) {
                    (true, 0) => {
                        highest = highest.max(block);
                        return None;
                    }
                    (false, _) => FreeErrorKind::ListedTwice,
                    (true, _) => FreeErrorKind::NotAllocated,
                }
            }
        };
        Some(FreeError::new(entry, kind))
    })
}

fn member_of<'a>(members: &[&'a RawMemBlocks], block: *mut u8) -> Option<&'a RawMemBlocks> {
    members.iter().copied().find(|member| member.owns(block))
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

#[cfg(test)]
mod tests {
    extern crate std;

    use std::panic;

    use mem_blocks_macros::mem_blocks;

    use super::{Bitmap, Geometry, NonNull, RawMemBlocks, bitmap, ptr, summed_words};
    use crate::buffer::BlockBuffer;
    use crate::error::AllocError;
    use crate::mem_blocks::MemBlocks;
    use crate::run::Run;

    /// Whether the bitmap is still valid with one bit turned over.
    fn is_valid_with(pool: &RawMemBlocks, word: usize, bit: u32) -> bool {
        pool.assert_valid();
        let word = pool.word(word);
        let (seen, turned) = (word.load(), word.load() ^ 1 << bit);
        assert!(word.exchange(seen, turned));
        let checked = panic::catch_unwind(|| pool.assert_valid());
        assert!(word.exchange(turned, seen));
        checked.is_ok()
    }

    #[test]
    fn no_bit_beyond_the_last_block_is_set_in_a_valid_bitmap() {
        #[mem_blocks(crate = crate)]
        static ONE_WORD: MemBlocks<u8, 4>;
        #[mem_blocks(crate = crate)]
        static TWO_WORDS: MemBlocks<u8, 40>;

        assert!(is_valid_with(ONE_WORD.raw(), 0, 3));
        assert!(!is_valid_with(ONE_WORD.raw(), 0, 4));
        assert!(is_valid_with(TWO_WORDS.raw(), 1, 7));
        assert!(!is_valid_with(TWO_WORDS.raw(), 1, 8));
    }

    #[test]
    fn the_summary_of_a_valid_bitmap_says_which_words_are_full() {
        // 33 words, then their summary of two words, then the summary of that.
        #[mem_blocks(crate = crate)]
        static POOL: MemBlocks<u8, 1056>;
        for (word, bit) in [(33, 0), (33, 31), (34, 0), (35, 0), (35, 1)] {
            assert!(!is_valid_with(POOL.raw(), word, bit), "{word} {bit}");
        }
        let all = POOL.claim(..).unwrap();
        for (word, bit) in [(0, 0), (32, 31), (33, 0), (34, 0), (35, 0)] {
            assert!(!is_valid_with(POOL.raw(), word, bit), "{word} {bit}");
        }
        drop(all);
        POOL.raw().assert_valid();
    }

    #[test]
    fn a_summary_has_a_bit_a_word_and_one_of_several_words_has_one_itself() {
        for (blocks, words) in
            [(1, 1), (32, 1), (33, 2 + 1), (1024, 32 + 1), (1025, 33 + 2 + 1), (8192, 256 + 8 + 1)]
        {
            assert_eq!(summed_words(blocks), words, "{blocks}");
        }
    }

    #[test]
    fn as_many_blocks_as_a_word_has_are_those_of_one_word() {
        #[mem_blocks(crate = crate)]
        static POOL: MemBlocks<u8, 96>;
        let first = POOL.claim(..1).unwrap();
        assert_eq!(POOL.raw().take_in_word(32), (32, bitmap::FULL));
        assert_eq!(POOL.used(), 33);
        // SAFETY: I2. They were taken just now, and nothing is made of them.
        unsafe { POOL.raw().give_back_in_word(32, bitmap::FULL) };
        drop(first);
        assert_eq!(POOL.used(), 0);
    }

    #[test]
    fn a_run_is_found_that_begins_in_a_word_and_ends_in_one_that_has_no_other() {
        #[mem_blocks(crate = crate)]
        static POOL: MemBlocks<u8, 96>;
        let _others = (POOL.claim(..30).unwrap(), POOL.claim(33..).unwrap());
        let run = POOL.alloc_contiguous(3).unwrap();
        assert_eq!(Run::range(&run), 30..33);
    }

    #[test]
    fn a_word_behind_the_bitmap_is_none_of_its_words() {
        // The largest number of blocks with one word of summary, which gets full.
        const BLOCKS: usize = 1024;
        #[repr(C)]
        struct Words {
            bitmap: Bitmap<33>,
            behind: Bitmap<1>,
        }
        static WORDS: Words = Words { bitmap: Bitmap::new(), behind: Bitmap::new() };
        static BUFFER: BlockBuffer<u8, BLOCKS> = BlockBuffer::new();
        let geometry = Geometry::new(1, BLOCKS).unwrap();
        let buffer = NonNull::new(BUFFER.as_ptr()).unwrap();
        // SAFETY: I8, I9. The buffer has as many blocks; nobody else uses it, or the bitmap.
        let pool = unsafe { RawMemBlocks::new(buffer, geometry, &WORDS.bitmap) };
        for free in (0..BLOCKS).rev() {
            pool.alloc(&mut [ptr::null_mut()]).unwrap();
            assert_eq!(pool.available(), free);
        }
        pool.assert_valid();
        // All zeros, as where blocks are free: nor is it taken for a part of the bitmap.
        assert_eq!(pool.alloc_contiguous(2), Err(AllocError::Exhausted));
        assert_eq!(WORDS.behind.words[0].load(), 0);
    }
}
