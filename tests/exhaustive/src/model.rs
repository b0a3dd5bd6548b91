//! What the documentation of the crate says, about a list of blocks that are taken or not. Nothing here is meant to be
//! clever: it is what the crate is compared with.

use std::{
    fmt,
    ops::{Bound, Range},
};

use mem_blocks::{AllocError, ClaimError, FreeErrorKind};

/// The most blocks that a pool has here.
pub(crate) const MOST: usize = 6;

/// Which blocks of a pool are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    taken: [bool; MOST],
    blocks: usize,
    /// How many blocks share a word of the bitmap.
    word: usize,
}

/// What lies at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Block(usize),
    Inside,
    Outside,
}

/// An entry of a list that cannot be freed, and why.
pub(crate) type Refusal = (usize, FreeErrorKind);

impl State {
    /// Every state of a pool with so many blocks.
    pub(crate) fn all(blocks: usize, word: usize) -> impl Iterator<Item = Self> {
        (0_u32..1 << blocks).map(move |number| {
            let taken = std::array::from_fn(|block| number >> block & 1 != 0);
            Self { taken, blocks, word }
        })
    }

    /// Every state of this pool.
    pub(crate) fn all_like(&self) -> impl Iterator<Item = Self> + use<> {
        Self::all(self.blocks, self.word)
    }

    pub(crate) fn blocks(&self) -> usize {
        self.blocks
    }

    pub(crate) fn is_taken(&self, block: usize) -> bool {
        self.taken[block]
    }

    /// With these blocks taken.
    pub(crate) fn with(mut self, blocks: &[usize]) -> Self {
        for &block in blocks {
            assert!(!self.taken[block], "a block is taken twice");
            self.taken[block] = true;
        }
        self
    }

    /// Without these blocks, which are free then.
    pub(crate) fn without(mut self, blocks: impl IntoIterator<Item = usize>) -> Self {
        for block in blocks {
            assert!(self.taken[block], "a block is given back twice");
            self.taken[block] = false;
        }
        self
    }

    pub(crate) fn used(&self) -> usize {
        (0..self.blocks).filter(|&block| self.taken[block]).count()
    }

    pub(crate) fn available(&self) -> usize {
        self.blocks - self.used()
    }

    /// Whether the pool has all of these blocks, and all of them are free.
    fn are_free(&self, mut range: Range<usize>) -> bool {
        range.end <= self.blocks && range.all(|block| !self.taken[block])
    }

    pub(crate) fn largest_free_run(&self) -> usize {
        (1..=self.blocks).rev().find(|&len| self.first_run(len).is_some()).unwrap_or(0)
    }

    fn first_run(&self, len: usize) -> Option<Range<usize>> {
        (0..self.blocks).map(|start| start..start + len).find(|run| self.are_free(run.clone()))
    }

    /// The lowest of the first word that has as many free ones, or else the lowest of all.
    pub(crate) fn alloc(&self, count: usize) -> Result<Vec<usize>, AllocError> {
        if count > self.blocks {
            return Err(AllocError::ExceedsCapacity);
        }
        let free: Vec<usize> = (0..self.blocks).filter(|&block| !self.taken[block]).collect();
        if count > free.len() {
            return Err(AllocError::Exhausted);
        }
        let words: Vec<&[usize]> = free.chunk_by(|a, b| a / self.word == b / self.word).collect();
        let word = words.into_iter().find(|word| word.len() >= count);
        Ok(word.unwrap_or(&free)[..count].to_vec())
    }

    /// The lowest run that is long enough.
    pub(crate) fn alloc_contiguous(&self, count: usize) -> Result<Vec<usize>, AllocError> {
        self.alloc_contiguous_in(count, count)
    }

    /// The longest run that is not longer than `max` and not shorter than `min`; of the longest, the lowest.
    pub(crate) fn alloc_contiguous_in(
        &self,
        min: usize,
        max: usize,
    ) -> Result<Vec<usize>, AllocError> {
        if min > max || min > self.blocks {
            return Err(AllocError::ExceedsCapacity);
        }
        let mut lengths = (min.max(1)..=max.min(self.blocks)).rev();
        match lengths.find_map(|len| self.first_run(len)) {
            Some(run) => Ok(run.collect()),
            None if min == 0 => Ok(Vec::new()),
            None => Err(AllocError::Exhausted),
        }
    }

    /// Exactly the blocks of a range, if all of them are free.
    pub(crate) fn claim(
        &self,
        start: Bound<usize>,
        end: Bound<usize>,
    ) -> Result<Vec<usize>, ClaimError> {
        match self.range(start, end) {
            None => Err(ClaimError::OutOfRange),
            Some(range) if range.is_empty() => Ok(Vec::new()),
            Some(range) if range.end > self.blocks => Err(ClaimError::OutOfRange),
            Some(range) if self.are_free(range.clone()) => Ok(range.collect()),
            Some(_) => Err(ClaimError::Taken),
        }
    }

    pub(crate) fn is_free(&self, start: Bound<usize>, end: Bound<usize>) -> bool {
        self.claim(start, end).is_ok()
    }

    /// The indices that a range means, if it does not end before it starts. A bound that no index can be is no range.
    fn range(&self, start: Bound<usize>, end: Bound<usize>) -> Option<Range<usize>> {
        let start = match start {
            Bound::Included(start) => start as u128,
            Bound::Excluded(before) => before as u128 + 1,
            Bound::Unbounded => 0,
        };
        let end = match end {
            Bound::Included(last) => last as u128 + 1,
            Bound::Excluded(end) => end as u128,
            Bound::Unbounded => self.blocks as u128,
        };
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        (start <= end).then_some(range)
    }

    /// Exactly the `count` blocks from an address on, if all of them are free.
    pub(crate) fn claim_at(&self, first: Place, count: usize) -> Result<Vec<usize>, ClaimError> {
        match first {
            _ if count == 0 => Ok(Vec::new()),
            Place::Outside => Err(ClaimError::OutOfRange),
            Place::Inside => Err(ClaimError::NotBlockStart),
            Place::Block(start) if count > self.blocks - start => Err(ClaimError::OutOfRange),
            Place::Block(start) if self.are_free(start..start + count) => {
                Ok((start..start + count).collect())
            }
            Place::Block(_) => Err(ClaimError::Taken),
        }
    }

    /// The blocks that are given back, or the first that is past the end or not taken.
    pub(crate) fn free_contiguous(
        &self,
        first: Place,
        count: usize,
    ) -> Result<Range<usize>, Refusal> {
        match first {
            _ if count == 0 => Ok(0..0),
            Place::Outside => Err((0, FreeErrorKind::NotInBuffer)),
            Place::Inside => Err((0, FreeErrorKind::NotBlockStart)),
            // Past the end comes before not taken: so many blocks there are not, whatever they are.
            Place::Block(start) if count > self.blocks - start => {
                Err((self.blocks - start, FreeErrorKind::NotInBuffer))
            }
            Place::Block(start) => {
                match (start..start + count).position(|block| !self.taken[block]) {
                    Some(entry) => Err((entry, FreeErrorKind::NotAllocated)),
                    None => Ok(start..start + count),
                }
            }
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.taken[..self.blocks].fmt(f)
    }
}

/// The first entry of a list that is not a block of one of the pools, not taken, or in the list before.
///
/// An entry is a place in one of them.
pub(crate) fn free(
    states: &[State],
    list: &(impl Iterator<Item = (usize, Place)> + Clone),
) -> Result<(), Refusal> {
    for (entry, (pool, place)) in list.clone().enumerate() {
        let kind = match place {
            Place::Outside => FreeErrorKind::NotInBuffer,
            Place::Inside => FreeErrorKind::NotBlockStart,
            Place::Block(block) if !states[pool].taken[block] => FreeErrorKind::NotAllocated,
            Place::Block(_) if list.clone().take(entry).any(|earlier| earlier == (pool, place)) => {
                FreeErrorKind::ListedTwice
            }
            Place::Block(_) => continue,
        };
        return Err((entry, kind));
    }
    Ok(())
}
