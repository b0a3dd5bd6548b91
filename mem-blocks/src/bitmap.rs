//! Arithmetic on a word of the bitmap, one bit a block: find, count, runs.
//!
//! Bit `i % 32` of word `i / 32` is set when block `i` is not free. The functions here see one word
//! as a number, and say which bits to set or to clear; they are total. Words that are smaller, for
//! tests, are the lowest bits of it: the others stay clear.

/// What a word of the bitmap holds.
pub(crate) type Bits = u32;

/// How many blocks a word stands for. `--cfg mem_blocks_word_bits="2"` and the like make it a few, for
/// tests: so a pool of which every state can be tried has all there is between words.
pub(crate) const WORD_BITS: usize = if cfg!(mem_blocks_word_bits = "1") {
    1
} else if cfg!(mem_blocks_word_bits = "2") {
    2
} else if cfg!(mem_blocks_word_bits = "3") {
    3
} else if cfg!(mem_blocks_word_bits = "4") {
    4
} else {
    Bits::BITS as usize
};

/// A word with all bits set.
pub(crate) const FULL: Bits = Bits::MAX >> SPARE;

/// Bits that stay clear because a word stands for fewer blocks.
const SPARE: usize = Bits::BITS as usize - WORD_BITS;

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
pub(crate) const fn lowest(count: usize) -> Bits {
    // A shift by all of a word's bits is not a shift.
    if count < WORD_BITS { (1 << count) - 1 } else { FULL }
}

/// Those of `all` bits that are not set, where no others are.
#[inline]
pub(crate) const fn clear(bits: Bits, all: Bits) -> Bits {
    bits ^ all
}

/// The bit of block `index` in its word.
#[inline]
pub(crate) const fn bit(index: usize) -> Bits {
    1 << (index % WORD_BITS)
}

/// Four bits from `start` on, as a number.
#[cfg(feature = "defmt")]
pub(crate) const fn four(bits: Bits, start: usize) -> Bits {
    (bits >> start) & 0b1111
}

/// `count` bits from `start` on, within one word. `count` is not zero.
#[inline]
pub(crate) const fn bits(start: usize, count: usize) -> Bits {
    (FULL >> ((WORD_BITS - count) % WORD_BITS)) << (start % WORD_BITS)
}

/// The lowest `count` of the set bits, if there are as many. `count` is not zero.
#[inline]
pub(crate) fn lowest_set(bits: Bits, count: usize) -> Option<Bits> {
    let mut rest = bits;
    for _ in 1..count {
        // Clears the lowest bit; zero stays zero.
        rest &= rest.wrapping_sub(1);
    }
    if rest == 0 { None } else { Some(bits ^ (rest & (rest - 1))) }
}

/// The start of the lowest run of `len` set bits. `len` is not zero, and not more than a word has.
#[inline]
pub(crate) const fn find_run(bits: Bits, len: usize) -> Option<usize> {
    let starts = run_starts(bits, len);
    if starts == 0 { None } else { Some(starts.trailing_zeros() as usize) }
}

/// The lowest of the longest runs of set bits that are from `min` to `max` long, and its length.
/// `min` is not zero, and `max` not more than a word has.
pub(crate) const fn longest_run(bits: Bits, min: usize, max: usize) -> Option<(usize, usize)> {
    // The starts of runs of `len`, and of longer ones while there are such.
    let mut starts = bits;
    let mut len = 1;
    while len < max {
        let longer = starts & (bits >> len);
        if longer == 0 {
            break;
        }
        starts = longer;
        len += 1;
    }
    if starts == 0 || len < min { None } else { Some((starts.trailing_zeros() as usize, len)) }
}

/// The bits at which a run of at least `len` set bits starts. `len` is not zero, and not more than
/// a word has.
#[inline]
pub(crate) const fn run_starts(bits: Bits, len: usize) -> Bits {
    // Two runs of which one starts within or right behind the other are a longer one. Written out,
    // because of a loop nothing would be left to the compiler where `len` is a constant.
    let (bits, len) = halve(bits, len);
    let (bits, len) = halve(bits, len);
    let (bits, len) = halve(bits, len);
    let (bits, len) = halve(bits, len);
    let (bits, _) = halve(bits, len);
    bits
}

/// The bits at which there are two set bits as far apart as half of `len`, and how long a run of such
/// bits is where one of `len` was.
#[inline]
const fn halve(bits: Bits, len: usize) -> (Bits, usize) {
    let half = len / 2;
    (bits & (bits >> (half % WORD_BITS)), len - half)
}

/// How many of the bits at a word's end are set.
#[inline]
pub(crate) const fn highest_ones(bits: Bits) -> usize {
    (bits << SPARE).leading_ones() as usize
}

/// Takes the lowest bit off a set of them, and says which that was.
#[inline]
pub(crate) const fn take_lowest(bits: &mut Bits) -> usize {
    let at = bits.trailing_zeros() as usize;
    *bits &= bits.wrapping_sub(1);
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words with gaps of many kinds: all of 8 bits, in several places, and with the rest set or not.
    fn words() -> impl Iterator<Item = Bits> {
        (0..1 << 8).flat_map(|low: Bits| {
            [0, 7, 20].into_iter().flat_map(move |at| [low << at, !(low << at)])
        })
    }

    /// Whether there are `len` set bits from `start` on.
    fn is_run(word: Bits, start: usize, len: usize) -> bool {
        start + len <= WORD_BITS && (start..start + len).all(|index| word & bit(index) != 0)
    }

    fn first_run(word: Bits, len: usize) -> Option<usize> {
        (0..WORD_BITS).find(|&start| is_run(word, start, len))
    }

    const LENGTHS: [usize; 9] = [1, 2, 3, 4, 5, 8, 13, 31, 32];

    #[test]
    fn a_run_is_found_where_the_first_is() {
        for word in words() {
            for len in LENGTHS {
                assert_eq!(find_run(word, len), first_run(word, len), "{len} in {word:032b}");
            }
        }
    }

    #[test]
    fn runs_start_where_as_many_bits_follow() {
        for word in words() {
            for len in LENGTHS {
                let starts = run_starts(word, len);
                for start in 0..WORD_BITS {
                    let is_start = starts & bit(start) != 0;
                    assert_eq!(is_start, is_run(word, start, len), "{len} in {word:032b}");
                }
            }
        }
    }

    #[test]
    fn the_longest_run_is_the_lowest_of_those_that_fit() {
        for word in words() {
            for (min, max) in [(1, 1), (1, 3), (2, 4), (3, 8), (1, 32), (9, 32)] {
                let longest = (min..=max).rev().find_map(|len| Some((first_run(word, len)?, len)));
                assert_eq!(longest_run(word, min, max), longest, "{min}..={max} in {word:032b}");
            }
        }
    }

    #[test]
    fn the_lowest_set_bits_are_those_below_which_there_are_not_as_many() {
        for word in words() {
            for count in [1, 2, 3, 7, 32] {
                let mut rest = word;
                let lowest = (0..count).fold(0, |taken, _| {
                    if rest == 0 { taken } else { taken | bit(take_lowest(&mut rest)) }
                });
                let expected = (word.count_ones() as usize >= count).then_some(lowest);
                assert_eq!(lowest_set(word, count), expected, "{count} of {word:032b}");
            }
        }
    }

    #[test]
    fn bits_of_a_word_are_as_many_and_where_they_should_be() {
        for count in 1..=WORD_BITS {
            assert_eq!(lowest(count).count_ones() as usize, count);
            assert_eq!(lowest(count).trailing_ones() as usize, count);
            for start in 0..=WORD_BITS - count {
                let bits = bits(start, count);
                assert!(is_run(bits, start, count));
                assert_eq!(bits.count_ones() as usize, count);
                assert_eq!(clear(bits, Bits::MAX), !bits);
            }
        }
        assert_eq!(lowest(0), 0);
    }
}
