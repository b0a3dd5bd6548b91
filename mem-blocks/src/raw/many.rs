//! Pools of more than one word of blocks: short steps under the lock.
//!
//! What to do is worked out outside the lock, on words that may change meanwhile, and done under it
//! only if nothing has. A change of one word is one step. A change of several words is announced
//! and done word by word: see [`turn`].
//!
//! Behind the words lie those of the summary, if the bitmap has one: a bit for each word, set when
//! the word is full; and where that is more than one word, a bit for each of those. So the lowest
//! word that is not full is found in two or three looks. The last word is never called full, if it
//! has bits to spare: nobody looks at it before all others are.

use core::hint::assert_unchecked;
use core::ops::Range;
use core::ptr;

use super::RawMemBlocks;
use super::freed::refusal;
use super::operations::{Expected, Operations};
use super::turn::{self, Change, Kind, Version};
use crate::bitmap::{self, Bits, FULL, WORD_BITS, bitmap_words};
use crate::error::FreeError;
use crate::lock::{self, Key, Word, ready};
#[cfg(feature = "stats")]
use crate::tally::Counts;
use crate::tally::Note;

/// The operations of a pool with more than one word of blocks.
const fn operations(summed: bool) -> Operations {
    Operations {
        summed,
        #[cfg(feature = "listener")]
        listened: None,
        take_lowest_in_turn,
        take_in_word,
        take_each,
        take_run,
        turn_over,
        free_each,
        give_back_each,
        give_back_one,
        give_back,
        give_back_in_word,
        is_free,
        used,
        largest_free_run,
        #[cfg(feature = "stats")]
        counts,
    }
}

/// For bitmaps with a summary.
pub(super) static SUMMED: Operations = operations(true);

/// For bitmaps without.
pub(super) static PLAIN: Operations = operations(false);

/// The number of words in the bitmap of an allocator with `num_blocks` blocks, those of the summary
/// included.
pub(crate) const fn summed_words(num_blocks: usize) -> usize {
    let words = bitmap_words(num_blocks);
    let first = if words > 1 { bitmap_words(words) } else { 0 };
    let second = if first > 1 { bitmap_words(first) } else { 0 };
    words + first + second
}

impl Expected {
    /// What is to be noted when as many blocks are turned over.
    #[inline]
    fn note(self, pool: &RawMemBlocks, count: usize) -> Note {
        if self.0 == 0 { pool.tally.taken(count) } else { pool.tally.given_back(count) }
    }
}

/// Takes the lowest free block, where something has come between, or there is none.
#[cold]
fn take_lowest_in_turn(pool: &RawMemBlocks) -> Option<usize> {
    let num_blocks = pool.num_blocks();
    loop {
        let version = turn::begin();
        let lowest = pool.lowest_not_full(num_blocks, pool.is_summed()).and_then(|found| {
            let word = found.word;
            let bits = pool.word(word).load();
            let index = bits.trailing_ones() as usize;
            (bits != full_word(word, num_blocks)).then_some(word * WORD_BITS + index)
        });
        match lowest {
            Some(block) if pool.turn_over_in_word(block, bitmap::bit(block), Expected::FREE) => {
                return Some(block);
            }
            None if version.is_current() => return None,
            _ => {}
        }
    }
}

/// Takes `count` blocks of one word, if a word has as many free ones: the index of the word's first
/// block, and which.
fn take_in_word(pool: &RawMemBlocks, count: usize) -> (usize, Bits) {
    if count > WORD_BITS {
        return (0, 0);
    }
    loop {
        turn::begin();
        let found = (0..pool.words()).find_map(|word| match pool.free_in(word) {
            0 => None,
            free => Some((word, bitmap::lowest_set(free, count)?)),
        });
        match found {
            None => return (0, 0),
            Some((word, blocks)) => {
                if pool.turn_over_in_word(word * WORD_BITS, blocks, Expected::FREE) {
                    return (word * WORD_BITS, blocks);
                }
            }
        }
    }
}

/// Takes `count` blocks and writes their addresses to `list`, or takes none.
///
/// # Safety
///
/// The list has `count` entries, to which nobody else has access, and lies where every context that uses a pool of
/// more than one word can reach it (I11).
unsafe fn take_each(pool: &RawMemBlocks, list: *mut *mut u8, count: usize) -> bool {
    loop {
        let version = turn::begin();
        if pool.num_blocks() - pool.count_taken() < count {
            if version.is_current() {
                return false;
            }
            continue;
        }
        let change = Change { pool, kind: Kind::Take, at: 0, end: count, list };
        // SAFETY: I11. There are as many free blocks. The list is the caller's promise.
        if unsafe { version.make(&change, pool.tally.taken(count)) } {
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
            Some(run) if turn_over_at(pool, version, &run, Expected::FREE) => return Some(run),
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
            None if turn_over_at(pool, version, range, expected) => return Ok(()),
            Some(block) if version.is_current() => return Err(block),
            _ => {}
        }
    }
}

/// Turns over adjacent blocks, at least one, that were as expected at a version: if they still are,
/// or, where they are of several words, if nothing has changed since.
fn turn_over_at(
    pool: &RawMemBlocks,
    version: Version,
    range: &Range<usize>,
    expected: Expected,
) -> bool {
    let Range { start, end } = *range;
    if start / WORD_BITS == (end - 1) / WORD_BITS {
        return pool.turn_over_in_word(start, bitmap::bits(start, end - start), expected);
    }
    let change = Change { pool, kind: Kind::Toggle, at: start, end, list: ptr::null_mut() };
    // SAFETY: I11. The callers have found it possible; there is no list.
    unsafe { version.make(&change, expected.note(pool, end - start)) }
}

/// Gives back blocks if each is taken and stands in the list once; else says which entry is wrong.
fn free_each(pool: &RawMemBlocks, blocks: &[*mut u8]) -> Result<(), FreeError> {
    loop {
        let version = turn::begin();
        if let Some(refusal) = refusal(&[pool], blocks, None) {
            if version.is_current() {
                return Err(refusal);
            }
            continue;
        }
        let is_done = if let Some((block, bits)) = in_one_word(pool, blocks) {
            pool.turn_over_in_word(block, bits, Expected::TAKEN)
        } else {
            let (list, end) = (blocks.as_ptr().cast_mut(), blocks.len());
            let change = Change { pool, kind: Kind::Free, at: 0, end, list };
            // SAFETY: I11. The blocks were taken; of this list entries are read and not written.
            unsafe { version.make(&change, pool.tally.given_back(end)) }
        };
        if is_done {
            return Ok(());
        }
    }
}

/// One of the blocks at these addresses, and all of their bits, if they share a word.
fn in_one_word(pool: &RawMemBlocks, blocks: &[*mut u8]) -> Option<(usize, Bits)> {
    let first = pool.index_of_owned(*blocks.first()?);
    let bits = blocks.iter().try_fold(0, |bits, &block| {
        let index = pool.index_of_owned(block);
        (index / WORD_BITS == first / WORD_BITS).then_some(bits | bitmap::bit(index))
    })?;
    Some((first, bits))
}

/// Gives back the blocks at these addresses, all of which are taken.
fn give_back_each(pool: &RawMemBlocks, blocks: &[*mut u8]) {
    for &block in blocks {
        give_back_one(pool, block);
    }
}

/// Gives back the block at this address, which is taken.
fn give_back_one(pool: &RawMemBlocks, block: *mut u8) {
    let index = pool.index_of_owned(block);
    give_back_in_word(pool, index, bitmap::bit(index));
}

/// Gives back adjacent blocks, all of which are taken.
fn give_back(pool: &RawMemBlocks, first: *mut u8, count: usize) {
    let mut start = pool.index_of_owned(first);
    let end = start + count;
    while start < end {
        let stop = end.min((start / WORD_BITS + 1) * WORD_BITS);
        give_back_in_word(pool, start, bitmap::bits(start, stop - start));
        start = stop;
    }
}

/// Gives back blocks of the word with that block, all of which are taken.
fn give_back_in_word(pool: &RawMemBlocks, block: usize, blocks: Bits) {
    let place = pool.place_of(block);
    let note = pool.tally.given_back(blocks.count_ones() as usize);
    lock::with(|key| {
        turn::note(key);
        let old = place.word.load();
        place.put(old, old & !blocks, |old, _| old, key);
        note.down(key);
    });
}

fn is_free(pool: &RawMemBlocks, range: &Range<usize>) -> bool {
    snapshot(|| pool.first_not(range, Expected::FREE)).is_none()
}

fn used(pool: &RawMemBlocks) -> usize {
    snapshot(|| pool.count_taken())
}

fn largest_free_run(pool: &RawMemBlocks) -> usize {
    snapshot(|| pool.largest_free_run_now())
}

/// The counts, and the largest free run, at one moment.
#[cfg(feature = "stats")]
fn counts(pool: &RawMemBlocks) -> (Counts, usize) {
    loop {
        let version = turn::begin();
        let largest_free_run = pool.largest_free_run_now();
        if let Some(counts) = version.if_current(|key| *pool.tally.counts(key)) {
            return (counts, largest_free_run);
        }
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

/// Panics if the words are not ones that the operations can have left.
pub(super) fn assert_valid(pool: &RawMemBlocks) {
    let blocks = |word: usize| pool.num_blocks() - word * WORD_BITS;
    let spare = |word: usize| pool.word(word).load() & !bitmap::lowest(blocks(word));
    let words = pool.words();
    assert!((0..words).all(|word| spare(word) == 0), "a bit beyond the last block is set");
    if pool.is_summed() {
        let is_full = |word: usize| pool.word(word).load() == FULL;
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

/// What the words say, while they may change.
impl RawMemBlocks {
    /// The number of words, without those of the summary.
    #[inline]
    const fn words(&self) -> usize {
        bitmap_words(self.num_blocks())
    }

    #[inline]
    pub(super) fn is_summed(&self) -> bool {
        self.operations.is_some_and(|operations| operations.summed)
    }

    /// The free blocks of a word as set bits.
    #[inline]
    fn free_in(&self, word: usize) -> Bits {
        bitmap::clear(self.word(word).load(), full_word(word, self.num_blocks()))
    }

    /// The lowest word that is not full, of an allocator with `num_blocks` blocks, as its
    /// caller may know. May be none, or one that is full, where something changes meanwhile; also the
    /// last one, where it has bits to spare.
    #[inline]
    fn lowest_not_full(&self, num_blocks: usize, is_summed: bool) -> Option<Number> {
        let words = bitmap_words(num_blocks);
        if !is_summed {
            return self.first_not_full(0, words, num_blocks).map(Number::new);
        }
        let first = bitmap_words(words);
        let at = if first == 1 {
            0
        } else {
            let top = words + first;
            let second = bitmap_words(first);
            // One, unless there are more than 32768 blocks.
            let above = if second == 1 { 0 } else { self.first_not_full(top, second, first)? };
            above * WORD_BITS + self.lowest_clear(top, above, first)?
        };
        let index = self.lowest_clear(words, at, words)?;
        Some(Number { word: at * WORD_BITS + index, at, index })
    }

    /// The first word that is not full of those from `base` on, of which there are `count`, for
    /// `bits` bits.
    #[inline]
    fn first_not_full(&self, base: usize, count: usize, bits: usize) -> Option<usize> {
        (0..count).find(|&at| self.word(base + at).load() != full_word(at, bits))
    }

    /// The lowest bit that is not set in a word of those from `base` on, for `bits` bits.
    #[inline]
    fn lowest_clear(&self, base: usize, at: usize, bits: usize) -> Option<usize> {
        match bitmap::clear(self.word(base + at).load(), full_word(at, bits)) {
            0 => None,
            clear => Some(clear.trailing_zeros() as usize),
        }
    }

    /// The lowest free block from `from` on.
    pub(super) fn next_free(&self, from: usize) -> Option<usize> {
        let first = from / WORD_BITS;
        (first..self.words()).find_map(|word| {
            let below = if word == first { bitmap::lowest(from % WORD_BITS) } else { 0 };
            match self.free_in(word) & !below {
                0 => None,
                free => Some(word * WORD_BITS + free.trailing_zeros() as usize),
            }
        })
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

    fn largest_free_run_now(&self) -> usize {
        self.find_run(1, self.num_blocks()).map_or(0, |run| run.len())
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
        let mut next = 0;
        loop {
            if longest != 0 {
                (next, open) = self.skip_scattered(next, open);
            }
            let word = next;
            if word == self.words() {
                break;
            }
            next += 1;
            let free = self.free_in(word);
            let reach = open + free.trailing_ones() as usize;
            if reach > longest {
                longest = reach.min(max);
                start = Some(word * WORD_BITS - open);
            }
            if free == FULL {
                open = reach;
            } else {
                open = bitmap::highest_ones(free);
                // As not all are set, no run in it is a word long.
                if longest < max && longest < WORD_BITS - 1 {
                    let most = max.min(WORD_BITS - 1);
                    if let Some((at, len)) = bitmap::longest_run(free, longest + 1, most) {
                        longest = len;
                        start = Some(word * WORD_BITS + at);
                    }
                }
            }
            if longest == max {
                break;
            }
        }
        start.map(|start| start..start + longest)
    }
}

/// The search for runs in a pool that is in pieces.
impl RawMemBlocks {
    /// The first word from `word` on with two adjacent free blocks, of which one may be in the word
    /// below; and how many free blocks are right below it. `open` is that of `word`.
    ///
    /// Bits behind the last block count as free here.
    #[inline]
    fn skip_scattered(&self, from: usize, open: usize) -> (usize, usize) {
        let mut word = from;
        let mut carry = Bits::from(open != 0);
        while word != self.words() {
            let free = bitmap::clear(self.word(word).load(), FULL);
            if free & (free << 1 | carry) != 0 {
                break;
            }
            carry = free >> (WORD_BITS - 1);
            word += 1;
        }
        (word, if word == from { open } else { carry as usize })
    }
}

/// What changes the words, under the lock.
impl RawMemBlocks {
    /// Takes the lowest free block, if nothing comes between. The number of blocks, and whether
    /// there is a summary, are given as constants where they are.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the constants are what makes it short")]
    pub(super) fn take_lowest(&self, num_blocks: usize, is_summed: bool) -> Option<usize> {
        let found = self.lowest_not_full(num_blocks, is_summed)?;
        let word = ready!(found.word);
        // SAFETY: I9. What says so is a clear bit of a summary, of those that stand for a word: others
        // are not looked at. Be it out of date, it is the number of a word.
        unsafe { assert_unchecked(word < bitmap_words(num_blocks)) };
        let is_above = bitmap_words(bitmap_words(num_blocks)) > 1;
        let number = if is_above { Number { word, ..found } } else { Number::new(word) };
        let mut place = self.place(&number, num_blocks, is_summed);
        if is_above {
            place.summary.bit = ready!(place.summary.bit);
            place.above.bit = ready!(place.above.bit);
        }
        let full = full_word(word, num_blocks);
        let note = self.tally.taken(1);
        let old = lock::with(|key| {
            // Noted also where nothing is taken in the end: no harm, and a register less.
            turn::idle(key)?.note(key);
            let old = place.word.load();
            if old == full {
                return None;
            }
            place.put(old, old | (old + 1), |_, new| new, key);
            note.down(key);
            Some(old)
        });
        Some(word * WORD_BITS + bitmap::clear(old?, full).trailing_zeros() as usize)
    }

    /// Turns over blocks of the word with that block, if they are as expected and no change of several
    /// words is under way. Whatever else has changed does not matter.
    fn turn_over_in_word(&self, block: usize, blocks: Bits, expected: Expected) -> bool {
        let note = expected.note(self, blocks.count_ones() as usize);
        // Each for itself: shorter under the lock than one for both.
        if expected.0 == 0 {
            self.turn_over_of(block, blocks, |old| old & blocks == 0, |_, new| new, note)
        } else {
            self.turn_over_of(block, blocks, |old| !old & blocks == 0, |old, _| old, note)
        }
    }

    #[inline]
    fn turn_over_of(
        &self,
        block: usize,
        blocks: Bits,
        is_as_expected: impl Fn(Bits) -> bool,
        fuller: impl Fn(Bits, Bits) -> Bits,
        note: Note,
    ) -> bool {
        let place = self.place_of(block);
        lock::with(|key| {
            let Some(idle) = turn::idle(key) else {
                return false;
            };
            let old = place.word.load();
            if !is_as_expected(old) {
                return false;
            }
            idle.note(key);
            place.put(old, old ^ blocks, fuller, key);
            note.down(key);
            true
        })
    }

    /// Where the word of a block is, and its bits in the summary.
    #[inline]
    pub(super) fn place_of(&self, block: usize) -> Place<'_> {
        let number = Number::new(block / WORD_BITS);
        let place = self.place(&number, self.num_blocks(), self.is_summed());
        // Where there is none, no bit of the word itself: so nothing has to be asked under the lock.
        let none = Bit { word: place.word, bit: 0 };
        let summary = if place.is_summed { place.summary } else { none };
        let above = if place.is_above { place.above } else { none };
        Place {
            word: place.word.ready(),
            is_summed: true,
            summary: Bit { word: summary.word.ready(), bit: ready!(summary.bit) },
            is_above: true,
            above: Bit { word: above.word.ready(), bit: ready!(above.bit) },
        }
    }

    #[inline]
    fn place(&self, number: &Number, num_blocks: usize, is_summed: bool) -> Place<'_> {
        let words = bitmap_words(num_blocks);
        let first = bitmap_words(words);
        let Number { word, at, index } = *number;
        let is_above = is_summed && first > 1;
        // Where there is none, any word will do.
        let in_summary = if is_summed { words + at } else { word };
        let above = if is_above { words + first + at / WORD_BITS } else { word };
        Place {
            word: self.word(word),
            is_summed,
            summary: Bit { word: self.word(in_summary), bit: bitmap::bit(index) },
            is_above,
            above: Bit { word: self.word(above), bit: bitmap::bit(at) },
        }
    }
}

/// The number of a word, and of its bit in the summary: which word of that, and which bit.
#[derive(Clone, Copy)]
struct Number {
    word: usize,
    at: usize,
    index: usize,
}

impl Number {
    #[inline]
    const fn new(word: usize) -> Self {
        Self { word, at: word / WORD_BITS, index: word % WORD_BITS }
    }
}

/// What a word holds if none of its blocks is free.
#[inline]
const fn full_word(word: usize, num_blocks: usize) -> Bits {
    let spare = num_blocks % WORD_BITS;
    if spare != 0 && word == num_blocks / WORD_BITS { bitmap::lowest(spare) } else { FULL }
}

/// A word, and its bits in the summary: worked out before the lock is taken.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) word: &'a Word,
    is_summed: bool,
    /// If it is.
    summary: Bit<'a>,
    /// Whether that has a summary.
    is_above: bool,
    /// If it has.
    above: Bit<'a>,
}

/// A bit of a word.
#[derive(Clone, Copy)]
struct Bit<'a> {
    word: &'a Word,
    bit: Bits,
}

impl Place<'_> {
    /// Changes the word, and with it the summary. `fuller` picks the one of old and new that has more
    /// bits set: the new one where blocks are taken, the old one where they are given back, both in
    /// one where that is not known.
    #[inline]
    pub(super) fn put(
        &self,
        old: Bits,
        new: Bits,
        fuller: impl Fn(Bits, Bits) -> Bits,
        key: &mut Key,
    ) {
        self.word.store(new, key);
        if self.is_summed && fuller(old, new) == FULL {
            let (old, new) = self.summary.turn_over(key);
            if self.is_above && fuller(old, new) == FULL {
                self.above.turn_over(key);
            }
        }
    }
}

impl Bit<'_> {
    /// Turns it over. Says what the word was, and what it is.
    #[inline]
    fn turn_over(self, key: &mut Key) -> (Bits, Bits) {
        let old = self.word.load();
        let new = old ^ self.bit;
        self.word.store(new, key);
        (old, new)
    }
}
