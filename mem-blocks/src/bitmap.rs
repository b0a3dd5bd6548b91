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
