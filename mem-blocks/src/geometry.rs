//! The shape of a buffer: block size and number of blocks; from an index to an offset and back.
//!
//! The way back, from an offset to an index, is the exact division of Granlund and Montgomery
//! ("Division by Invariant Integers using Multiplication", PLDI 1994, section 9): with
//! `size = odd << shift`, an offset is multiplied by the inverse of `odd` modulo the word size and
//! rotated right by `shift`. The result is `offset / size` where that is exact, and larger than
//! every exact quotient where it is not. So one comparison with the number of blocks rejects
//! offsets behind the buffer, before it, and inside a block, and no division is made.

use core::ops::{Bound, Range, RangeBounds};

/// The largest buffer in bytes: no object is larger than `isize::MAX` (Rust reference, "type
/// layout"), and pointer arithmetic within one relies on that.
const MAX_BUFFER: usize = isize::MAX.unsigned_abs();

/// The distance from the start of one block to the start of the next: the block size, never zero.
#[derive(Clone, Copy)]
pub(crate) struct Stride {
    bytes: usize,
    /// The inverse of the odd part of `bytes`, modulo `usize::MAX + 1`.
    inverse: usize,
    /// The even part of `bytes`, as a power of two. Kept, because the smallest cores count zeros in
    /// a loop.
    shift: u32,
}

impl Stride {
    /// The stride of blocks of `T`: a constant, so that nothing is left to compute at run time.
    pub(crate) const fn of<T>() -> Self {
        assert!(size_of::<T>() != 0, "the block is zero-sized");
        Self::new(size_of::<T>())
    }

    const fn new(bytes: usize) -> Self {
        let shift = bytes.trailing_zeros();
        Self { bytes, inverse: inverse(bytes >> shift), shift }
    }

    /// `offset / bytes`, which is exact.
    #[inline]
    pub(crate) const fn quotient(self, offset: usize) -> usize {
        offset.wrapping_mul(self.inverse) >> self.shift
    }

    /// `offset / bytes` where that is exact; elsewhere larger than every exact quotient.
    #[inline]
    pub(crate) const fn exact_quotient(self, offset: usize) -> usize {
        offset.wrapping_mul(self.inverse).rotate_right(self.shift)
    }
}

/// Block size and number of blocks.
///
/// A value proves: neither is zero, and the buffer is no larger than `isize::MAX` bytes.
#[derive(Clone, Copy)]
pub(crate) struct Geometry {
    stride: Stride,
    num_blocks: usize,
}

/// What is wrong with a block size and a number of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GeometryError {
    NoBlocks,
    ZeroSizedBlock,
    BufferTooLarge,
}

impl GeometryError {
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::NoBlocks => "an allocator needs at least one block",
            Self::ZeroSizedBlock => "a block must not be zero-sized",
            Self::BufferTooLarge => "the buffer must not exceed `isize::MAX` bytes",
        }
    }
}

impl Geometry {
    /// The geometry of `num_blocks` blocks of `block_size` bytes.
    pub(crate) const fn new(block_size: usize, num_blocks: usize) -> Result<Self, GeometryError> {
        if num_blocks == 0 {
            return Err(GeometryError::NoBlocks);
        }
        if block_size == 0 {
            return Err(GeometryError::ZeroSizedBlock);
        }
        match block_size.checked_mul(num_blocks) {
            Some(bytes) if bytes <= MAX_BUFFER => {
                Ok(Self { stride: Stride::new(block_size), num_blocks })
            }
            _ => Err(GeometryError::BufferTooLarge),
        }
    }

    /// The geometry of one block of one byte: what a definition that was refused is given, so that
    /// the refusal is the only error.
    pub(crate) const SMALLEST: Self = Self { stride: Stride::new(1), num_blocks: 1 };

    /// The geometry of `num_blocks` values of `T`: a constant wherever both are.
    pub(crate) const fn of<T>(num_blocks: usize) -> Self {
        match Self::new(size_of::<T>(), num_blocks) {
            Ok(geometry) => geometry,
            Err(error) => panic!("{}", error.message()),
        }
    }

    #[inline]
    pub(crate) const fn block_size(&self) -> usize {
        self.stride.bytes
    }

    #[inline]
    pub(crate) const fn stride(&self) -> Stride {
        self.stride
    }

    #[inline]
    pub(crate) const fn num_blocks(&self) -> usize {
        self.num_blocks
    }

    /// Size of the buffer in bytes.
    #[inline]
    pub(crate) const fn buffer_size(&self) -> usize {
        // Cannot overflow: checked in `new`.
        self.block_size().wrapping_mul(self.num_blocks)
    }

    /// Where block `index` starts, in bytes from the start of the buffer.
    #[inline]
    pub(crate) const fn offset_of(&self, index: usize) -> usize {
        // Does not overflow for `index <= num_blocks`, which callers have established.
        index.wrapping_mul(self.block_size())
    }

    /// The block that starts `offset` bytes from the start of the buffer, if one does.
    ///
    /// Total: an offset that has wrapped around because its address lies below the buffer is
    /// rejected like any other that is too large.
    #[inline]
    pub(crate) const fn index_of(&self, offset: usize) -> Option<usize> {
        let index = self.stride.exact_quotient(offset);
        if index < self.num_blocks { Some(index) } else { None }
    }

    /// The indices that a range means, if they are all of this buffer's blocks.
    ///
    /// A range of nothing is one, wherever it lies; a range that ends before it starts is not.
    pub(crate) fn range(&self, range: &impl RangeBounds<usize>) -> Option<Range<usize>> {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => before.checked_add(1)?,
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => last.checked_add(1)?,
            Bound::Excluded(&end) => end,
            Bound::Unbounded => self.num_blocks,
        };
        (start == end || start < end && end <= self.num_blocks).then_some(start..end)
    }
}

/// The inverse of an odd number modulo `usize::MAX + 1`, by Newton's iteration.
const fn inverse(odd: usize) -> usize {
    // Right in the lowest 3 bits; each step doubles their number.
    let mut inverse = odd;
    let mut bits = 3;
    while bits < usize::BITS {
        inverse = inverse.wrapping_mul(2_usize.wrapping_sub(odd.wrapping_mul(inverse)));
        bits *= 2;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [usize; 14] = [1, 2, 3, 4, 5, 7, 12, 24, 48, 64, 100, 1500, 1536, 4096];

    #[test]
    fn every_block_start_maps_to_its_index_and_back() {
        for size in SIZES {
            for count in [1, 2, 3, 31, 32, 33, 100] {
                let geometry = Geometry::new(size, count).unwrap();
                for index in 0..count {
                    assert_eq!(geometry.offset_of(index), index * size);
                    assert_eq!(geometry.index_of(index * size), Some(index));
                }
            }
        }
    }

    #[test]
    fn every_other_offset_in_and_around_the_buffer_is_rejected() {
        for size in SIZES {
            for count in [1, 2, 3, 31, 32, 33] {
                let geometry = Geometry::new(size, count).unwrap();
                for offset in 0..(count + 2) * size {
                    let expected =
                        (offset % size == 0 && offset / size < count).then(|| offset / size);
                    assert_eq!(geometry.index_of(offset), expected, "{size} {count} {offset}");
                }
                for below in 1..=2 * size {
                    assert_eq!(geometry.index_of(0_usize.wrapping_sub(below)), None);
                }
            }
        }
    }

    #[test]
    fn the_largest_buffer_is_accepted_and_one_block_more_is_not() {
        let most = MAX_BUFFER;
        for size in SIZES {
            let count = most / size;
            let geometry = Geometry::new(size, count).unwrap();
            assert_eq!(geometry.index_of((count - 1) * size), Some(count - 1));
            assert_eq!(geometry.index_of(count * size), None);
            assert_eq!(geometry.buffer_size(), count * size);
            assert_eq!(Geometry::new(size, count + 1).err(), Some(GeometryError::BufferTooLarge));
        }
        assert_eq!(Geometry::new(usize::MAX, 2).err(), Some(GeometryError::BufferTooLarge));
    }

    #[test]
    fn nothing_at_all_is_rejected() {
        assert_eq!(Geometry::new(64, 0).err(), Some(GeometryError::NoBlocks));
        assert_eq!(Geometry::new(0, 4).err(), Some(GeometryError::ZeroSizedBlock));
    }

    #[test]
    fn ranges_of_every_form_are_indices_if_they_lie_inside() {
        let geometry = Geometry::new(64, 8).unwrap();
        assert_eq!(geometry.range(&(2..5)), Some(2..5));
        assert_eq!(geometry.range(&(2..=5)), Some(2..6));
        assert_eq!(geometry.range(&..), Some(0..8));
        assert_eq!(geometry.range(&(7..)), Some(7..8));
        assert_eq!(geometry.range(&(7..9)), None);
        assert_eq!(geometry.range(&(9..)), None);
        assert_eq!(geometry.range(&(usize::MAX..=usize::MAX)), None);
        assert_eq!(geometry.range(&(0..=usize::MAX)), None);
    }

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "the case under test")]
    fn an_empty_range_is_inside_everywhere_and_a_reversed_one_nowhere() {
        let geometry = Geometry::new(64, 8).unwrap();
        assert_eq!(geometry.range(&(3..3)), Some(3..3));
        assert_eq!(geometry.range(&(100..100)), Some(100..100));
        assert_eq!(geometry.range(&(5..3)), None);
    }
}
