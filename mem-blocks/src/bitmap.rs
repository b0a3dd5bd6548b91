//! Arithmetic on a slice of words, one bit a block: find, set, clear, count, runs.
//!
//! Bit `i % 32` of word `i / 32` is set when block `i` is not free. The functions never set a bit
//! from `num_blocks` up (I1), work on a whole word at a time, and are total: an index outside the
//! slice is ignored, so that there is no panic to reach.

use core::ops::Range;

/// A word of the bitmap.
pub(crate) type Word = u32;

const WORD_BITS: usize = Word::BITS as usize;

/// The number of 32-bit words in the bitmap of an allocator with `num_blocks` blocks.
///
/// ```
/// assert_eq!(mem_blocks::bitmap_words(1), 1);
/// assert_eq!(mem_blocks::bitmap_words(32), 1);
/// assert_eq!(mem_blocks::bitmap_words(33), 2);
/// ```
#[must_use]
pub const fn bitmap_words(num_blocks: usize) -> usize {
    num_blocks.div_ceil(WORD_BITS)
}

/// The lowest `count` bits.
#[inline]
const fn lowest(count: usize) -> Word {
    // A shift by all of a word's bits is not a shift.
    if count < WORD_BITS { (1 << count) - 1 } else { Word::MAX }
}

/// The bit of block `index` in its word.
#[inline]
const fn bit(index: usize) -> Word {
    1 << (index % WORD_BITS)
}

/// The free blocks as set bits, a word at a time, each with the index of its lowest bit.
fn free_blocks(words: &[Word], num_blocks: usize) -> impl Iterator<Item = (usize, Word)> {
    words.iter().enumerate().map(move |(at, word)| {
        let first = at * WORD_BITS;
        (first, !word & lowest(num_blocks.saturating_sub(first)))
    })
}

/// The words that `range` touches, each with the bits of it that lie in the range.
fn words_of(range: &Range<usize>) -> impl Iterator<Item = (usize, Word)> + use<> {
    let Range { start, end } = *range;
    (start / WORD_BITS..end.div_ceil(WORD_BITS)).map(move |at| {
        let first = at * WORD_BITS;
        let below_end = lowest(end.saturating_sub(first));
        let below_start = lowest(start.saturating_sub(first));
        (at, below_end & !below_start)
    })
}

/// Takes the lowest free block.
#[inline]
pub(crate) fn take_lowest(words: &mut [Word], num_blocks: usize) -> Option<usize> {
    // Known at compile time for a named allocator: no loop is left.
    if let [word] = words {
        return take_lowest_of_word(word, 0, num_blocks);
    }
    words
        .iter_mut()
        .enumerate()
        .find(|(_, word)| **word != Word::MAX)
        .and_then(|(at, word)| take_lowest_of_word(word, at * WORD_BITS, num_blocks))
}

/// Takes the lowest free block of a word, whose lowest bit is that of block `first`.
#[inline]
fn take_lowest_of_word(word: &mut Word, first: usize, num_blocks: usize) -> Option<usize> {
    let index = first + word.trailing_ones() as usize;
    // Past the end, or the word is full: with every block of it taken, the next bit is past the
    // end in the last word, and there is no next bit in a full one.
    if *word == Word::MAX || index >= num_blocks {
        return None;
    }
    // Adding one turns the ones below the lowest zero over into it.
    *word |= *word + 1;
    Some(index)
}

/// Whether at least `count` blocks are free.
pub(crate) fn has_free(words: &[Word], num_blocks: usize, count: usize) -> bool {
    let mut missing = count;
    for (_, free) in free_blocks(words, num_blocks) {
        missing = missing.saturating_sub(free.count_ones() as usize);
        if missing == 0 {
            return true;
        }
    }
    missing == 0
}

/// Takes the `count` lowest free blocks, of which there are as many, and tells `put` of each in
/// ascending order.
pub(crate) fn take_each(
    words: &mut [Word],
    num_blocks: usize,
    count: usize,
    mut put: impl FnMut(usize),
) {
    let mut missing = count;
    for (at, word) in words.iter_mut().enumerate() {
        let first = at * WORD_BITS;
        let before = !*word & lowest(num_blocks.saturating_sub(first));
        let mut free = before;
        while free != 0 && missing != 0 {
            put(first + free.trailing_zeros() as usize);
            free &= free - 1;
            missing -= 1;
        }
        *word |= before ^ free;
        if missing == 0 {
            break;
        }
    }
}

/// The number of blocks that are not free.
pub(crate) fn count_used(words: &[Word]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}

/// The lowest of the longest runs of free blocks that are from `min` to `max` blocks long, in one
/// pass. `min` is not zero.
pub(crate) fn find_run(
    words: &[Word],
    num_blocks: usize,
    min: usize,
    max: usize,
) -> Option<Range<usize>> {
    // Only what is longer than this is worth a look.
    let mut longest = min - 1;
    let mut start = None;
    // Free blocks right below the word.
    let mut open = 0;
    for (first, free) in free_blocks(words, num_blocks) {
        let reach = open + free.trailing_ones() as usize;
        if reach > longest {
            longest = reach.min(max);
            start = Some(first - open);
        }
        if free == Word::MAX {
            open = reach;
        } else {
            let mut starts = run_starts(free, longest + 1);
            while starts != 0 && longest < max {
                start = Some(first + starts.trailing_zeros() as usize);
                longest += 1;
                // Not all bits are set, so no run is a word long, and this is a legal shift.
                starts &= free >> longest;
            }
            open = free.leading_ones() as usize;
        }
        if longest == max {
            break;
        }
    }
    start.map(|start| start..start + longest)
}

/// The bits at which a run of at least `len` set bits starts. `len` is not zero, and not all bits
/// are set.
fn run_starts(bits: Word, len: usize) -> Word {
    // `starts` holds the starts of runs of `have` bits; two such, `step` apart, make a longer one.
    // No run is a word long, so nothing is left of `starts` before `step` is.
    let mut starts = bits;
    let mut have = 1;
    while have < len && starts != 0 {
        let step = have.min(len - have);
        starts &= starts >> step;
        have += step;
    }
    starts
}

/// Whether every block of `range` is free.
pub(crate) fn all_free(words: &[Word], range: &Range<usize>) -> bool {
    words_of(range).all(|(at, mask)| words.get(at).is_none_or(|word| word & mask == 0))
}

/// The lowest free block of `range`.
pub(crate) fn first_free(words: &[Word], range: &Range<usize>) -> Option<usize> {
    words_of(range).find_map(|(at, mask)| {
        let free = !words.get(at)? & mask;
        (free != 0).then(|| at * WORD_BITS + free.trailing_zeros() as usize)
    })
}

/// Takes the blocks of `range`.
pub(crate) fn set_range(words: &mut [Word], range: &Range<usize>) {
    for (at, mask) in words_of(range) {
        if let Some(word) = words.get_mut(at) {
            *word |= mask;
        }
    }
}

/// Frees the blocks of `range`.
pub(crate) fn clear_range(words: &mut [Word], range: &Range<usize>) {
    for (at, mask) in words_of(range) {
        if let Some(word) = words.get_mut(at) {
            *word &= !mask;
        }
    }
}

/// Takes one block.
pub(crate) fn set(words: &mut [Word], index: usize) {
    if let Some(word) = words.get_mut(index / WORD_BITS) {
        *word |= bit(index);
    }
}

/// Frees one block.
#[inline]
pub(crate) fn clear(words: &mut [Word], index: usize) {
    if let Some(word) = words.get_mut(index / WORD_BITS) {
        *word &= !bit(index);
    }
}

/// Frees one block and tells whether it was taken.
pub(crate) fn test_and_clear(words: &mut [Word], index: usize) -> bool {
    words.get_mut(index / WORD_BITS).is_some_and(|word| {
        let taken = *word & bit(index) != 0;
        *word &= !bit(index);
        taken
    })
}

/// Frees blocks, one store for as many neighbours in the list as share a word.
pub(crate) fn clear_each(words: &mut [Word], indices: impl Iterator<Item = usize>) {
    let mut at = 0;
    let mut mask = 0;
    for index in indices {
        if index / WORD_BITS != at {
            clear_mask(words, at, mask);
            at = index / WORD_BITS;
            mask = 0;
        }
        mask |= bit(index);
    }
    clear_mask(words, at, mask);
}

fn clear_mask(words: &mut [Word], at: usize, mask: Word) {
    if let Some(word) = words.get_mut(at) {
        *word &= !mask;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    const COUNTS: [usize; 12] = [1, 2, 7, 31, 32, 33, 63, 64, 65, 96, 100, 129];

    /// A bitmap and what it says, a `bool` a block.
    #[derive(Clone)]
    struct Sample {
        words: Vec<Word>,
        taken: Vec<bool>,
    }

    impl Sample {
        fn new(taken: Vec<bool>) -> Self {
            let mut words = std::vec![0; bitmap_words(taken.len())];
            for (index, _) in taken.iter().enumerate().filter(|(_, taken)| **taken) {
                words[index / 32] |= 1 << (index % 32);
            }
            Self { words, taken }
        }

        /// Whether the words say what the `bool`s say, and nothing beyond them.
        fn agrees(&self) -> bool {
            Self::new(self.taken.clone()).words == self.words
        }

        fn is_free(&self, range: Range<usize>) -> bool {
            self.taken[range].iter().all(|taken| !taken)
        }
    }

    /// Bitmaps of every number of blocks: empty, full, one block free or taken at each place, and
    /// patterns from sparse to dense.
    fn samples() -> impl Iterator<Item = Sample> {
        let mut seed = 0x2545_f491_u32;
        let mut random = move || {
            seed ^= seed << 13;
            seed ^= seed >> 17;
            seed ^= seed << 5;
            seed
        };
        COUNTS.into_iter().flat_map(move |count| {
            let mut all = Vec::new();
            all.push(Sample::new(std::vec![false; count]));
            all.push(Sample::new(std::vec![true; count]));
            for place in 0..count {
                for taken in [false, true] {
                    let mut one = std::vec![!taken; count];
                    one[place] = taken;
                    all.push(Sample::new(one));
                }
            }
            for dense in 1..8 {
                for _ in 0..16 {
                    let pattern = (0..count).map(|_| random() % 8 < dense).collect();
                    all.push(Sample::new(pattern));
                }
            }
            all
        })
    }

    #[test]
    fn words_suffice_and_are_not_too_many() {
        for (blocks, words) in [(1, 1), (31, 1), (32, 1), (33, 2), (64, 2), (65, 3)] {
            assert_eq!(bitmap_words(blocks), words);
        }
    }

    #[test]
    fn take_lowest_takes_the_lowest_free_block_and_no_other() {
        for mut sample in samples() {
            let expected = sample.taken.iter().position(|taken| !taken);
            let taken = take_lowest(&mut sample.words, sample.taken.len());
            assert_eq!(taken, expected);
            if let Some(index) = taken {
                sample.taken[index] = true;
            }
            assert!(sample.agrees());
        }
    }

    #[test]
    fn take_each_takes_the_lowest_free_blocks_in_ascending_order() {
        for sample in samples() {
            let blocks = sample.taken.len();
            let free: Vec<usize> = (0..blocks).filter(|&i| !sample.taken[i]).collect();
            for count in 0..=blocks {
                assert_eq!(has_free(&sample.words, blocks, count), count <= free.len());
                if count > free.len() {
                    continue;
                }
                let mut after = sample.clone();
                let mut put = Vec::new();
                take_each(&mut after.words, blocks, count, |index| put.push(index));
                assert_eq!(put, free[..count]);
                for index in put {
                    after.taken[index] = true;
                }
                assert!(after.agrees());
            }
        }
    }

    #[test]
    fn find_run_finds_the_lowest_of_the_longest() {
        for sample in samples() {
            let blocks = sample.taken.len();
            let length_at =
                |start: usize| sample.taken[start..].iter().take_while(|taken| !**taken).count();
            let lengths: Vec<usize> = (0..blocks).map(length_at).collect();
            for max in (1..=blocks).filter(|&max| max < 8 || max % 8 < 2 || max > blocks - 2) {
                for min in [1, max / 2, max - 1, max] {
                    let min = min.max(1);
                    let longest = lengths.iter().copied().max().unwrap().min(max);
                    let expected = (longest >= min).then(|| {
                        let start = lengths.iter().position(|&len| len >= longest).unwrap();
                        start..start + longest
                    });
                    let found = find_run(&sample.words, blocks, min, max);
                    assert_eq!(found, expected, "{:?} {min}..={max}", sample.taken);
                }
            }
        }
    }

    #[test]
    fn ranges_are_tested_set_and_cleared_to_the_bit() {
        for sample in samples().step_by(29) {
            let blocks = sample.taken.len();
            for start in 0..=blocks {
                for end in start..=blocks {
                    let range = start..end;
                    assert_eq!(all_free(&sample.words, &range), sample.is_free(range.clone()));
                    let free = range.clone().find(|&index| !sample.taken[index]);
                    assert_eq!(first_free(&sample.words, &range), free);

                    let mut after = sample.clone();
                    set_range(&mut after.words, &range);
                    after.taken[range.clone()].fill(true);
                    assert!(after.agrees());
                    clear_range(&mut after.words, &range);
                    after.taken[range.clone()].fill(false);
                    assert!(after.agrees());
                }
            }
        }
    }

    #[test]
    fn single_blocks_are_set_and_cleared_to_the_bit() {
        for sample in samples() {
            for index in 0..sample.taken.len() {
                let mut after = sample.clone();
                assert_eq!(test_and_clear(&mut after.words, index), sample.taken[index]);
                after.taken[index] = false;
                assert!(after.agrees());
                set(&mut after.words, index);
                after.taken[index] = true;
                assert!(after.agrees());
                clear(&mut after.words, index);
                after.taken[index] = false;
                assert!(after.agrees());
            }
            assert_eq!(count_used(&sample.words), sample.taken.iter().filter(|t| **t).count());
        }
    }

    #[test]
    fn clear_each_clears_what_is_listed_in_any_order() {
        for mut sample in samples() {
            let mut listed: Vec<usize> =
                (0..sample.taken.len()).filter(|&index| sample.taken[index]).step_by(2).collect();
            let reversed = listed.len() % 2 == 1;
            if reversed {
                listed.reverse();
            }
            clear_each(&mut sample.words, listed.iter().copied());
            for index in listed {
                sample.taken[index] = false;
            }
            assert!(sample.agrees());
        }
    }

    #[test]
    fn indices_beyond_the_slice_are_ignored() {
        let mut words = [0b101];
        set(&mut words, 32);
        clear(&mut words, 32);
        set_range(&mut words, &(32..64));
        clear_range(&mut words, &(32..64));
        clear_each(&mut words, [64, 65].into_iter());
        assert!(!test_and_clear(&mut words, 32));
        assert_eq!(words, [0b101]);
    }
}
