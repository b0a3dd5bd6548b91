//! Pools of more than one word of blocks: short steps under the lock.
//!
//! What to do is worked out outside the lock, on words that may change meanwhile, and done under it
//! only if nothing has. A change of one word is one step. A change of several words is announced
//! and done word by word: see [`turn`](super::turn).
//!
//! Behind the words lie those of the summary, if the bitmap has one: a bit for each word, set when
//! the word is full; and where that is more than one word, a bit for each of those. So the lowest
//! word that is not full is found in two or three looks. The last word is never called full, if it
//! has bits to spare: nobody looks at it before all others are.

use core::ops::Range;
use core::ptr;

use super::RawMemBlocks;
use super::turn::{self, Change, Kind, Version};
use crate::bitmap::{self, Bits, WORD_BITS, bitmap_words};
use crate::lock::{self, Key, Word};

/// The operations of a pool with more than one word of blocks.
///
/// A table that the descriptor points to, so that a program without such a pool does without them.
pub(super) struct Many {
    /// Whether the bitmap has a summary.
    summed: bool,
    pub(super) take_lowest: fn(&RawMemBlocks) -> Option<usize>,
    pub(super) take_in_word: fn(&RawMemBlocks, usize) -> Option<(usize, Bits)>,
    pub(super) take_each: unsafe fn(&RawMemBlocks, *mut *mut u8, usize) -> bool,
    pub(super) take_run: fn(&RawMemBlocks, usize, usize) -> Option<Range<usize>>,
    pub(super) turn_over: fn(&RawMemBlocks, &Range<usize>, Expected) -> Result<(), usize>,
    pub(super) free_each: fn(&RawMemBlocks, &[*mut u8]) -> Result<(), usize>,
    pub(super) give_back: fn(&RawMemBlocks, Range<usize>),
    pub(super) give_back_in_word: fn(&RawMemBlocks, usize, Bits),
    pub(super) is_free: fn(&RawMemBlocks, &Range<usize>) -> bool,
    pub(super) used: fn(&RawMemBlocks) -> usize,
    pub(super) largest_free_run: fn(&RawMemBlocks) -> usize,
    pub(super) assert_valid: fn(&RawMemBlocks),
}

impl Many {
    const fn new(summed: bool) -> Self {
        Self {
            summed,
            take_lowest,
            take_in_word,
            take_each,
            take_run,
            turn_over,
            free_each,
            give_back,
            give_back_in_word,
            is_free,
            used,
            largest_free_run,
            assert_valid,
        }
    }
}

/// For bitmaps with a summary.
pub(super) static SUMMED: Many = Many::new(true);

/// For bitmaps without.
pub(super) static PLAIN: Many = Many::new(false);

/// The number of words in the bitmap of an allocator with `num_blocks` blocks, those of the summary
/// included.
pub(crate) const fn summed_words(num_blocks: usize) -> usize {
    let words = bitmap_words(num_blocks);
    let first = if words > 1 { bitmap_words(words) } else { 0 };
    let second = if first > 1 { bitmap_words(first) } else { 0 };
    words + first + second
}

/// What blocks are found to be before they are turned over: bits that are set where that is no.
#[derive(Clone, Copy)]
pub(super) struct Expected(Bits);

impl Expected {
    pub(super) const FREE: Self = Self(0);
    pub(super) const TAKEN: Self = Self(Bits::MAX);
}

/// Takes the lowest free block.
fn take_lowest(pool: &RawMemBlocks) -> Option<usize> {
    pool.take_lowest_of(pool.num_blocks())
}

/// Takes `count` blocks of one word, if a word has as many free ones: the index of the word's first
/// block, and which.
fn take_in_word(pool: &RawMemBlocks, count: usize) -> Option<(usize, Bits)> {
    loop {
        let version = turn::begin();
        let (word, blocks) = (0..pool.words())
            .find_map(|word| Some((word, bitmap::lowest_set(pool.free_in(word), count)?)))?;
        if version.toggle(pool, word, blocks) {
            return Some((word * WORD_BITS, blocks));
        }
    }
}

/// Takes `count` blocks and writes their addresses to `list`, or takes none.
///
/// # Safety
///
/// The list has `count` entries, to which nobody else has access.
unsafe fn take_each(pool: &RawMemBlocks, list: *mut *mut u8, count: usize) -> bool {
    loop {
        let version = turn::begin();
        if pool.num_blocks() - pool.count_taken() < count {
            if version.is_current() {
                return false;
            }
            continue;
        }
        let change = Change { pool, kind: Kind::Take, at: 0, end: count, list, from: 0 };
        // SAFETY: there are as many free blocks. The list is the caller's promise.
        if unsafe { version.make(&change) } {
            return true;
        }
    }
}

/// Takes the longest run of `min..=max` blocks. `min` is not zero, and `max` not above the number of
/// blocks.
fn take_run(pool: &RawMemBlocks, min: usize, max: usize) -> Option<Range<usize>> {
    loop {
        let version = turn::begin();
        match pool.find_run(min, max) {
            Some(run) if toggle(pool, version, &run) => return Some(run),
            None if version.is_current() => return None,
            _ => {}
        }
    }
}

/// Takes or gives back blocks if all of them are as expected; else says which is not.
fn turn_over(pool: &RawMemBlocks, range: &Range<usize>, expected: Expected) -> Result<(), usize> {
    loop {
        let version = turn::begin();
        match pool.first_not(range, expected) {
            None if toggle(pool, version, range) => return Ok(()),
            Some(block) if version.is_current() => return Err(block),
            _ => {}
        }
    }
}

/// Turns over adjacent blocks, at least one, if nothing has changed since it was found possible.
fn toggle(pool: &RawMemBlocks, version: Version, range: &Range<usize>) -> bool {
    let Range { start, end } = *range;
    if start / WORD_BITS == (end - 1) / WORD_BITS {
        return version.toggle(pool, start / WORD_BITS, bitmap::bits(start, end - start));
    }
    let change =
        Change { pool, kind: Kind::Toggle, at: start, end, list: ptr::null_mut(), from: 0 };
    // SAFETY: the callers have found it possible; there is no list.
    unsafe { version.make(&change) }
}

/// Gives back blocks if each is taken and stands in the list once; else says which entry is wrong.
fn free_each(pool: &RawMemBlocks, blocks: &[*mut u8]) -> Result<(), usize> {
    loop {
        let version = turn::begin();
        if let Some(entry) = super::first_wrong(&[pool], blocks) {
            if version.is_current() {
                return Err(entry);
            }
            continue;
        }
        let (list, end) = (blocks.as_ptr().cast_mut(), blocks.len());
        let change = Change { pool, kind: Kind::Free, at: 0, end, list, from: 0 };
        // SAFETY: the blocks were taken; of this list entries are read and not written.
        if unsafe { version.make(&change) } {
            return Ok(());
        }
    }
}

/// Gives back blocks, all of which are taken.
fn give_back(pool: &RawMemBlocks, range: Range<usize>) {
    let Range { mut start, end } = range;
    while start < end {
        let stop = end.min((start / WORD_BITS + 1) * WORD_BITS);
        give_back_in_word(pool, start, bitmap::bits(start, stop - start));
        start = stop;
    }
}

/// Gives back blocks of the word with that block, all of which are taken.
fn give_back_in_word(pool: &RawMemBlocks, block: usize, blocks: Bits) {
    let place = pool.place(block / WORD_BITS, pool.num_blocks());
    lock::with(|key| {
        turn::note(key);
        let old = place.word.load();
        place.put(old, old & !blocks, key);
    });
}

fn is_free(pool: &RawMemBlocks, range: &Range<usize>) -> bool {
    snapshot(|| pool.first_not(range, Expected::FREE)).is_none()
}

fn used(pool: &RawMemBlocks) -> usize {
    snapshot(|| pool.count_taken())
}

fn largest_free_run(pool: &RawMemBlocks) -> usize {
    snapshot(|| pool.find_run(1, pool.num_blocks())).map_or(0, |run| run.len())
}

/// Panics if the words are not ones that the operations can have left.
fn assert_valid(pool: &RawMemBlocks) {
    let blocks = |word: usize| pool.num_blocks() - word * WORD_BITS;
    let spare = |word: usize| pool.word(word).load() & !bitmap::lowest(blocks(word));
    let words = pool.words();
    assert!((0..words).all(|word| spare(word) == 0), "a bit beyond the last block is set");
    if pool.is_summed() {
        let is_full = |word: usize| pool.word(word).load() == Bits::MAX;
        let says_full =
            |base: usize, at: usize| pool.word(base + at / WORD_BITS).load() & bitmap::bit(at) != 0;
        let first = bitmap_words(words);
        assert!((0..words).all(|word| says_full(words, word) == is_full(word)), "wrong summary");
        assert!(
            first == 1 || (0..first).all(|at| says_full(words + first, at) == is_full(words + at)),
            "wrong summary of the summary"
        );
    }
}

/// What `look` sees at one moment.
fn snapshot<R>(look: impl Fn() -> R) -> R {
    loop {
        let version = turn::begin();
        let seen = look();
        if version.is_current() {
            return seen;
        }
    }
}

/// What the words say, while they may change.
impl RawMemBlocks {
    /// The number of words, without those of the summary.
    #[inline]
    const fn words(&self) -> usize {
        bitmap_words(self.num_blocks())
    }

    #[inline]
    fn is_summed(&self) -> bool {
        self.many.is_some_and(|many| many.summed)
    }

    /// The free blocks of a word as set bits.
    #[inline]
    fn free_in(&self, word: usize) -> Bits {
        !self.word(word).load() & bitmap::lowest(self.num_blocks() - word * WORD_BITS)
    }

    /// The lowest word that is not full, of an allocator with `num_blocks` blocks, as its
    /// caller may know. May be none, or one that is full or beyond the last, where something
    /// changes meanwhile.
    #[inline]
    fn lowest_not_full(&self, num_blocks: usize) -> Option<usize> {
        let words = bitmap_words(num_blocks);
        if !self.is_summed() {
            return (0..words).find(|&word| self.word(word).load() != Bits::MAX);
        }
        let first = bitmap_words(words);
        if first == 1 {
            return Some(bitmap::lowest_clear(self.word(words).load())?.0);
        }
        let second = bitmap_words(first);
        let place = self.lowest_clear(words + first, second)?;
        Some(place * WORD_BITS + self.word(words + place).load().trailing_ones() as usize)
    }

    /// The lowest bit that is not set, in `count` words from `first` on.
    #[inline]
    fn lowest_clear(&self, first: usize, count: usize) -> Option<usize> {
        (0..count).find_map(|at| {
            let (index, _) = bitmap::lowest_clear(self.word(first + at).load())?;
            Some(at * WORD_BITS + index)
        })
    }

    /// The lowest free block from `from` on.
    pub(super) fn next_free(&self, from: usize) -> usize {
        let mut word = from / WORD_BITS;
        let mut free = self.free_in(word) & !bitmap::lowest(from % WORD_BITS);
        while free == 0 && word + 1 < self.words() {
            word += 1;
            free = self.free_in(word);
        }
        word * WORD_BITS + free.trailing_zeros() as usize
    }

    /// The first block of the range that is not as expected.
    fn first_not(&self, range: &Range<usize>, Expected(flip): Expected) -> Option<usize> {
        let Range { mut start, end } = *range;
        while start < end {
            let stop = end.min((start / WORD_BITS + 1) * WORD_BITS);
            let other =
                (self.word(start / WORD_BITS).load() ^ flip) & bitmap::bits(start, stop - start);
            if other != 0 {
                return Some(start / WORD_BITS * WORD_BITS + other.trailing_zeros() as usize);
            }
            start = stop;
        }
        None
    }

    fn count_taken(&self) -> usize {
        (0..self.words()).map(|word| self.word(word).load().count_ones() as usize).sum()
    }

    /// The lowest of the longest runs of free blocks that are from `min` to `max` blocks long, in
    /// one pass. `min` is not zero.
    fn find_run(&self, min: usize, max: usize) -> Option<Range<usize>> {
        // Only what is longer than this is worth a look.
        let mut longest = min - 1;
        let mut start = None;
        // Free blocks right below the word.
        let mut open = 0;
        for word in 0..self.words() {
            let free = self.free_in(word);
            let reach = open + free.trailing_ones() as usize;
            if reach > longest {
                longest = reach.min(max);
                start = Some(word * WORD_BITS - open);
            }
            if free == Bits::MAX {
                open = reach;
            } else {
                if longest < max.min(WORD_BITS - 1) {
                    if let Some((at, len)) =
                        bitmap::longest_run(free, longest + 1, max.min(WORD_BITS))
                    {
                        longest = len;
                        start = Some(word * WORD_BITS + at);
                    }
                }
                open = free.leading_ones() as usize;
            }
            if longest == max {
                break;
            }
        }
        start.map(|start| start..start + longest)
    }
}

/// What changes the words, under the lock.
impl RawMemBlocks {
    /// Takes the lowest free block of an allocator with `num_blocks` blocks, given as a constant
    /// where it is one.
    #[inline]
    pub(super) fn take_lowest_of(&self, num_blocks: usize) -> Option<usize> {
        match self.lowest_not_full(num_blocks) {
            Some(word) if word < bitmap_words(num_blocks) => {
                self.take_lowest_of_word(word, num_blocks)
            }
            _ => None,
        }
        .or_else(|| self.take_lowest_in_turn())
    }

    /// The same, where something has come between, or there is none.
    #[cold]
    fn take_lowest_in_turn(&self) -> Option<usize> {
        let num_blocks = self.num_blocks();
        loop {
            let version = turn::begin();
            let word = self.lowest_not_full(num_blocks).filter(|&word| word < self.words());
            let taken = word.and_then(|word| self.take_lowest_of_word(word, num_blocks));
            if taken.is_some() || version.is_current() {
                return taken;
            }
        }
    }

    /// Takes the lowest free block of a word, if it has one, and no change of several words is under
    /// way.
    #[inline]
    fn take_lowest_of_word(&self, word: usize, num_blocks: usize) -> Option<usize> {
        let place = self.place(word, num_blocks);
        let spare = num_blocks % WORD_BITS;
        let old = lock::with(|key| {
            if turn::is_busy(key) {
                return None;
            }
            let old = place.word.load();
            let (_, bit) = bitmap::lowest_clear(old)?;
            if spare != 0 && word == num_blocks / WORD_BITS && bit >> spare != 0 {
                return None;
            }
            turn::note(key);
            place.put(old, old | bit, key);
            Some(old)
        });
        Some(word * WORD_BITS + old?.trailing_ones() as usize)
    }

    /// Where a word is, and its bits in the summary.
    #[inline]
    pub(super) fn place(&self, word: usize, num_blocks: usize) -> Place<'_> {
        let words = bitmap_words(num_blocks);
        let first = bitmap_words(words);
        let at = word / WORD_BITS;
        let in_summary = self.is_summed().then(|| Summary {
            word: self.word(words + at),
            bit: bitmap::bit(word),
            above: (first > 1)
                .then(|| (self.word(words + first + at / WORD_BITS), bitmap::bit(at))),
        });
        Place { word: self.word(word), in_summary }
    }
}

/// A word, and its bits in the summary: worked out before the lock is taken.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) word: &'a Word,
    in_summary: Option<Summary<'a>>,
}

#[derive(Clone, Copy)]
struct Summary<'a> {
    word: &'a Word,
    bit: Bits,
    above: Option<(&'a Word, Bits)>,
}

impl Place<'_> {
    /// Changes the word, and with it the summary.
    #[inline]
    pub(super) fn put(&self, old: Bits, new: Bits, key: &mut Key) {
        self.word.store(new, key);
        // Blocks are taken or given back, never both: the word is full before or behind.
        if old | new != Bits::MAX {
            return;
        }
        let Some(Summary { word, bit, above }) = self.in_summary else {
            return;
        };
        let old = word.load();
        let new = old ^ bit;
        word.store(new, key);
        if let Some((word, bit)) = above {
            if old | new == Bits::MAX {
                word.store(word.load() ^ bit, key);
            }
        }
    }
}
