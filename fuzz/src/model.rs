//! What an allocator must do, as plainly as it can be said.

use std::ops::Range;

use mem_blocks::{AllocError, ClaimError, FreeErrorKind, RawMemBlocks};

/// Who has a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Nobody,
    /// A handle: it must not be freed by address.
    Handle,
    /// Whoever knows its address.
    Address,
}

/// An entry of a list of addresses that is refused, and why.
pub(crate) type Refusal = (usize, FreeErrorKind);

pub(crate) struct Model {
    pub(crate) start: usize,
    pub(crate) block_size: usize,
    pub(crate) owners: Vec<Owner>,
}

impl Model {
    /// All blocks are free.
    pub(crate) fn new(raw: &RawMemBlocks) -> Self {
        Self {
            start: raw.buffer().addr(),
            block_size: raw.block_size(),
            owners: vec![Owner::Nobody; raw.num_blocks()],
        }
    }

    pub(crate) fn available(&self) -> usize {
        self.owners.iter().filter(|owner| **owner == Owner::Nobody).count()
    }

    pub(crate) fn largest_free_run(&self) -> usize {
        self.owners.split(|owner| *owner != Owner::Nobody).map(<[_]>::len).max().unwrap_or(0)
    }

    pub(crate) fn is_free(&self, mut range: Range<usize>) -> bool {
        range.all(|index| self.owners.get(index) == Some(&Owner::Nobody))
    }

    pub(crate) fn owns(&self, address: usize) -> bool {
        address.wrapping_sub(self.start) < self.owners.len() * self.block_size
    }

    /// The block that starts at an address.
    pub(crate) fn index_of(&self, address: usize) -> Result<usize, FreeErrorKind> {
        let offset = address.wrapping_sub(self.start);
        if !self.owns(address) {
            Err(FreeErrorKind::NotInBuffer)
        } else if offset % self.block_size != 0 {
            Err(FreeErrorKind::NotBlockStart)
        } else {
            Ok(offset / self.block_size)
        }
    }

    /// What is to be said of a request for blocks. Which ones it gets, is for the allocator to choose.
    pub(crate) fn may_alloc(&self, count: usize) -> Result<(), AllocError> {
        if count > self.owners.len() {
            Err(AllocError::ExceedsCapacity)
        } else if count > self.available() {
            Err(AllocError::Exhausted)
        } else {
            Ok(())
        }
    }

    /// Which blocks a request by address gets: the lowest of the first word that has as many, or else the lowest of all.
    pub(crate) fn lowest(&self, count: usize) -> Vec<usize> {
        let free: Vec<usize> =
            (0..self.owners.len()).filter(|&at| self.owners[at] == Owner::Nobody).collect();
        let words = free.chunk_by(|one, next| one / 32 == next / 32);
        let word = words.into_iter().find(|word| word.len() >= count);
        word.unwrap_or(&free).iter().copied().take(count).collect()
    }

    /// The longest run of free blocks that is neither shorter nor longer than wanted; of the longest, the lowest.
    pub(crate) fn run(&self, min: usize, max: usize) -> Result<Range<usize>, AllocError> {
        if max == 0 {
            return Ok(0..0);
        }
        if min > self.owners.len() {
            return Err(AllocError::ExceedsCapacity);
        }
        let max = max.min(self.owners.len());
        let run_at = |start: usize| {
            let free = self.owners[start..].iter().take(max);
            start..start + free.take_while(|owner| **owner == Owner::Nobody).count()
        };
        let mut best = 0..0;
        for start in 0..self.owners.len() {
            let run = run_at(start);
            if run.len() > best.len() {
                best = run;
            }
        }
        if best.len() < min { Err(AllocError::Exhausted) } else { Ok(best) }
    }

    /// Whether blocks can be claimed from an address on.
    pub(crate) fn claim(&self, first: usize, count: usize) -> Result<(), ClaimError> {
        if count == 0 {
            return Ok(());
        }
        let start = self.index_of(first).map_err(|kind| match kind {
            FreeErrorKind::NotBlockStart => ClaimError::NotBlockStart,
            _ => ClaimError::OutOfRange,
        })?;
        if count > self.owners.len() - start {
            Err(ClaimError::OutOfRange)
        } else if self.is_free(start..start + count) {
            Ok(())
        } else {
            Err(ClaimError::Taken)
        }
    }

    /// Which blocks a request to give back adjacent ones gives back.
    pub(crate) fn free_run(&self, first: usize, count: usize) -> Result<Range<usize>, Refusal> {
        if count == 0 {
            return Ok(0..0);
        }
        let start = self.index_of(first).map_err(|kind| (0, kind))?;
        // What lies past the end is refused before it is looked who has the others.
        let behind = self.owners.len() - start;
        if count > behind {
            return Err((behind, FreeErrorKind::NotInBuffer));
        }
        let range = start..start + count;
        match range.clone().find(|&index| self.owners[index] == Owner::Nobody) {
            Some(free) => Err((free - start, FreeErrorKind::NotAllocated)),
            None => Ok(range),
        }
    }

    pub(crate) fn set(&mut self, range: Range<usize>, owner: Owner) {
        self.owners[range].fill(owner);
    }
}

/// What a request to give back a list of blocks gives back: members and blocks; or the first entry that is refused.
pub(crate) fn free_list(
    members: &[(usize, &Model)],
    list: &[usize],
) -> Result<Vec<(usize, usize)>, Refusal> {
    let mut found = Vec::new();
    for (entry, &address) in list.iter().enumerate() {
        let (number, model) = members
            .iter()
            .find(|(_, model)| model.owns(address))
            .ok_or((entry, FreeErrorKind::NotInBuffer))?;
        let index = model.index_of(address).map_err(|kind| (entry, kind))?;
        if model.owners[index] == Owner::Nobody {
            return Err((entry, FreeErrorKind::NotAllocated));
        }
        if found.contains(&(*number, index)) {
            return Err((entry, FreeErrorKind::ListedTwice));
        }
        found.push((*number, index));
    }
    Ok(found)
}
