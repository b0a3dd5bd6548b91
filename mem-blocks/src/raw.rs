//! The allocator without its type: blocks by address.

mod freed;
#[cfg(feature = "listener")]
mod listened;
mod many;
mod one;
mod operations;
mod owned;
mod refused;
mod turn;
#[cfg(not(feature = "listener"))]
mod unlistened;

use core::fmt;
use core::ptr::{self, NonNull};

use crate::bitmap::{self, Bits, bitmap_words};
use crate::error::{AllocError, ClaimError, FreeError};
use crate::geometry::Geometry;
use crate::lock::Word;
#[cfg(feature = "stats")]
use crate::stats::Stats;
#[cfg(feature = "stats")]
use crate::tally::Counts;
use crate::tally::{Tallied, Tally};

use one::One;

pub(crate) use freed::free_all;
pub(crate) use many::summed_words;
pub use operations::Operations;

/// The bitmap of an allocator: `W` words of 32 bits, one bit a block. All blocks are free in a new
/// one.
///
/// The macros declare it, with room for its summary; you need it for an allocator that is built at
/// run time. Its size for `N` blocks is then [`bitmap_words(N)`](crate::bitmap_words) words. A
/// `static` of it lies in `.bss`. With the feature `stats` it is three words longer: what is counted is
/// counted there.
#[repr(C)]
pub struct Bitmap<const W: usize> {
    words: [Word; W],
    tally: Tally,
}

impl<const W: usize> Bitmap<W> {
    /// A bitmap in which all blocks are free.
    #[must_use]
    pub const fn new() -> Self {
        Self { words: [const { Word::new() }; W], tally: Tally::new() }
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
/// The operations are those of an allocator with more than 32 blocks, or with a listener: a table that it
/// points to, so that a program without such an allocator has no code for them. The feature `stats` adds a
/// word to the descriptor, `name` two.
///
/// # Addresses
///
/// Every address given to a method may be anything: null, foreign, inside a block, unaligned. The
/// buffer is never accessed, and addresses are not dereferenced.
///
/// It prints as a [`MemBlocks`] does: [Looking at it](crate::MemBlocks#looking-at-it).
///
/// [`MemBlocks`]: crate::MemBlocks
/// [`MemBlocks::raw`]: crate::MemBlocks::raw
// In this order: what a `Block` needs to be given back are three loads by two instructions.
#[repr(C)]
pub struct RawMemBlocks {
    /// How blocks are taken and given back, where there is more than one word of them, or a listener.
    operations: Option<&'static Operations>,
    /// Where block 0 starts, with the provenance of the whole buffer (I4).
    buffer: NonNull<u8>,
    /// The first word of the bitmap, with the provenance of all.
    bitmap: *const Word,
    geometry: Geometry,
    tally: Tallied,
    #[cfg(feature = "name")]
    name: Option<&'static str>,
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
        Self {
            operations: Operations::of(geometry.num_blocks(), W),
            buffer,
            bitmap: bitmap.words.as_ptr(),
            geometry,
            tally: Tallied::of(&bitmap.tally),
            #[cfg(feature = "name")]
            name: None,
        }
    }

    /// The same with what its definition has besides.
    ///
    /// # Safety
    ///
    /// The operations, if any, are those of an allocator with as many blocks and words (I9).
    pub(crate) const unsafe fn defined(
        self,
        name: &'static str,
        operations: Option<&'static Operations>,
    ) -> Self {
        #[cfg(not(feature = "name"))]
        let _ = name;
        Self {
            operations: if operations.is_some() { operations } else { self.operations },
            #[cfg(feature = "name")]
            name: Some(name),
            ..self
        }
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

    /// The name of the `static` that the macros have made it; none of one that was built at run time.
    #[cfg(feature = "name")]
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        self.name
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
        One::of(self, self.num_blocks())
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
        match (blocks, self.operations) {
            ([block], None) if self.free_one(*block) => Ok(()),
            ([block], None) => Err(self.refusal_of_one(*block)),
            _ => self.free_list(blocks),
        }
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
        self.free_run(first, count)
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
        self.take_from(first, count)
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
        match self.operations {
            None => one::used(self),
            Some(operations) => (operations.used)(self),
        }
    }

    /// The blocks that are not free as set bits, word by word. Each is loaded when it is asked for.
    pub(crate) fn taken(&self) -> impl Iterator<Item = Bits> {
        (0..bitmap_words(self.num_blocks())).map(|at| self.word(at).load())
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
        match self.operations {
            None => one::largest_free_run(self),
            Some(operations) => (operations.largest_free_run)(self),
        }
    }

    /// How full it is, and was: all of it at one moment.
    #[cfg(feature = "stats")]
    #[must_use]
    pub fn stats(&self) -> Stats {
        let (Counts { used, max_used, refusals }, largest_free_run) = match self.operations {
            None => one::counts(self),
            Some(by) => (by.counts)(self),
        };
        let (block_size, num_blocks) = (self.block_size(), self.num_blocks());
        Stats { block_size, num_blocks, used, max_used, largest_free_run, refusals }
    }

    /// Lets [`Stats::max_used`] begin again, with the blocks that are used now.
    #[cfg(feature = "stats")]
    pub fn reset_max_used(&self) {
        self.tally.reset_max_used();
    }

    /// Panics if the bitmap is not one that the operations can have left. For tests.
    #[doc(hidden)]
    pub fn assert_valid(&self) {
        if bitmap_words(self.num_blocks()) == 1 {
            assert!(
                self.word(0).load() & !bitmap::lowest(self.num_blocks()) == 0,
                "a bit beyond the last block is set"
            );
        } else {
            // Not by the table: nothing but tests needs it.
            many::assert_valid(self);
        }
        #[cfg(feature = "stats")]
        assert_eq!(self.stats().used(), self.used(), "the blocks were miscounted");
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::panic;

    use mem_blocks_macros::mem_blocks;

    use super::{Bitmap, Geometry, NonNull, RawMemBlocks, bitmap, bitmap_words, ptr, summed_words};
    use crate::buffer::BlockBuffer;
    use crate::error::AllocError;
    use crate::mem_blocks::MemBlocks;
    use crate::run::Run;

    /// Whether the bitmap is still valid with one bit turned over.
    fn is_valid_with(pool: &RawMemBlocks, word: usize, bit: u32) -> bool {
        pool.assert_valid();
        let is_of_blocks = word < bitmap_words(pool.num_blocks());
        let word = pool.word(word);
        let (seen, turned) = (word.load(), word.load() ^ 1 << bit);
        // Counted as well, so that the bitmap is all that can be wrong.
        let count = usize::from(is_of_blocks);
        let (more, fewer) = (pool.tally.taken(count), pool.tally.given_back(count));
        let (there, back) = if turned > seen { (more, fewer) } else { (fewer, more) };
        assert!(word.exchange(seen, turned, |key| there.down(key)));
        let checked = panic::catch_unwind(|| pool.assert_valid());
        assert!(word.exchange(turned, seen, |key| back.down(key)));
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
