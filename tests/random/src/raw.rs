//! The interface by address: any address, any count, any list.

use std::ptr::NonNull;

use mem_blocks::{AllocError, ClaimError, FreeError, FreeErrorKind, RawMemBlocks};
use proptest::prelude::*;

use crate::{
    address::{Address, Count, block_at},
    model::{self, Model},
    sequence::Subject,
    tally::{Kind, Outcome},
};

#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Alloc(Count),
    AllocContiguous(Count),
    Claim(Address, Count),
    Free(Vec<Address>),
    /// Every so-manieth taken block, the last one first, and between them another address.
    FreeMany {
        every: u16,
        at: u16,
        other: Option<Address>,
    },
    FreeContiguous(Address, Count),
    IsRegionFree(Address, Count),
    Owns(Address),
    /// All that is free, run by run.
    Fill,
}

/// A pool of which all blocks are taken and given back by address.
pub(crate) struct Raw {
    pool: &'static RawMemBlocks,
    stranger: &'static RawMemBlocks,
    model: Model,
}

impl Raw {
    pub(crate) fn new(pool: &'static RawMemBlocks, stranger: &'static RawMemBlocks) -> Self {
        Self { pool, stranger, model: Model::new(pool.num_blocks()) }
    }

    fn resolve(&self, address: Address) -> *mut u8 {
        address.resolve(self.pool, &self.model, &self.model, self.stranger)
    }

    fn alloc(&mut self, count: Count) -> Outcome {
        let blocks = self.model.blocks();
        // There is no list of more entries than there is memory.
        let count = count.resolve(self.pool, &self.model).min(blocks + 2);
        // An address that is no block's, for the entries that must stay as they are.
        let none = model::address(self.pool, blocks);
        let mut list = vec![none; count];
        let result = self.pool.alloc(&mut list);
        assert_eq!(result, may_alloc(&self.model, count));
        if result.is_ok() {
            let found: Vec<_> = list.iter().map(|&block| model::index(self.pool, block)).collect();
            assert_eq!(found, self.model.lowest(count), "which blocks");
            self.model.take(found);
        } else {
            assert!(list.iter().all(|&entry| entry == none), "`out` was touched in vain");
        }
        Outcome::of(&result, count)
    }

    fn alloc_contiguous(&mut self, count: Count) -> Outcome {
        let count = count.resolve(self.pool, &self.model);
        let expected = may_alloc_contiguous(&self.model, count);
        let result = self.pool.alloc_contiguous(count);
        let found = result.map(|first| model::index(self.pool, NonNull::as_ptr(first)));
        assert_eq!(found, expected, "`alloc_contiguous({count})`");
        if let Ok(start) = found {
            self.model.take(start..start + count);
        }
        Outcome::of(&result, count)
    }

    fn claim(&mut self, first: *mut u8, count: usize) -> Outcome {
        let expected = match block_at(self.pool, first) {
            _ if count == 0 => Ok(0),
            Err(FreeErrorKind::NotBlockStart) => Err(ClaimError::NotBlockStart),
            Err(_) => Err(ClaimError::OutOfRange),
            Ok(start) if count > self.model.blocks() - start => Err(ClaimError::OutOfRange),
            Ok(start) if !self.model.is_free(start..start + count) => Err(ClaimError::Taken),
            Ok(start) => Ok(start),
        };
        let result = self.pool.claim(first, count);
        assert_eq!(result, expected.map(|_| ()), "`claim({first:?}, {count})`");
        if let Ok(start) = expected {
            self.model.take(start..start + count);
        }
        Outcome::of(&result, count)
    }

    fn free(&mut self, list: &[*mut u8]) -> Outcome {
        let expected = may_free(list, |block| {
            let block = block_at(self.pool, block)?;
            if self.model.is_taken(block) { Ok(block) } else { Err(FreeErrorKind::NotAllocated) }
        });
        // SAFETY: nothing accesses the blocks.
        let result = unsafe { self.pool.free(list) };
        assert_eq!(result.map_err(parts), expected.as_ref().map(|_| ()).map_err(|&error| error));
        self.model.give_back(expected.unwrap_or_default());
        Outcome::of(&result, list.len())
    }

    fn free_many(&mut self, every: u16, at: u16, other: Option<Address>) -> Outcome {
        let chosen = self.model.taken_blocks().rev().step_by(1 + usize::from(every));
        let mut list: Vec<_> = chosen.map(|block| model::address(self.pool, block)).collect();
        if let Some(other) = other {
            list.insert(usize::from(at) % (list.len() + 1), self.resolve(other));
        }
        self.free(&list)
    }

    fn free_contiguous(&mut self, first: *mut u8, count: usize) -> Outcome {
        let behind = |start: usize| self.model.blocks() - start;
        let expected = match block_at(self.pool, first) {
            _ if count == 0 => Ok(0),
            Err(kind) => Err((0, kind)),
            Ok(start) if count > behind(start) => Err((behind(start), FreeErrorKind::NotInBuffer)),
            Ok(start) => match (0..count).find(|&entry| !self.model.is_taken(start + entry)) {
                Some(entry) => Err((entry, FreeErrorKind::NotAllocated)),
                None => Ok(start),
            },
        };
        // SAFETY: nothing accesses the blocks.
        let result = unsafe { self.pool.free_contiguous(first, count) };
        assert_eq!(
            result.map_err(parts),
            expected.map(|_| ()),
            "`free_contiguous({first:?}, {count})`"
        );
        if let Ok(start) = expected {
            self.model.give_back(start..start + count);
        }
        Outcome::of(&result, count)
    }

    fn is_region_free(&self, first: *const u8, count: usize) -> Outcome {
        let expected = count == 0
            || block_at(self.pool, first).is_ok_and(|start| {
                count <= self.model.blocks() - start && self.model.is_free(start..start + count)
            });
        assert_eq!(
            self.pool.is_region_free(first, count),
            expected,
            "`is_region_free({first:?}, {count})`"
        );
        if expected { Outcome::Done } else { Outcome::Refused }
    }

    fn owns(&self, address: *const u8) -> Outcome {
        let expected = block_at(self.pool, address) != Err(FreeErrorKind::NotInBuffer);
        assert_eq!(self.pool.owns(address), expected, "`owns({address:?})`");
        if expected { Outcome::Done } else { Outcome::Refused }
    }

    fn fill(&mut self) -> Outcome {
        let runs: Vec<_> = self.model.free_runs().collect();
        for run in &runs {
            self.claim(model::address(self.pool, run.start), run.len());
        }
        if runs.is_empty() { Outcome::Empty } else { Outcome::Done }
    }
}

/// What is to be said of a request for `count` blocks.
pub(crate) fn may_alloc(model: &Model, count: usize) -> Result<(), AllocError> {
    if count > model.blocks() {
        Err(AllocError::ExceedsCapacity)
    } else if count > model.available() {
        Err(AllocError::Exhausted)
    } else {
        Ok(())
    }
}

/// What is to be said of one for adjacent ones: the first.
pub(crate) fn may_alloc_contiguous(model: &Model, count: usize) -> Result<usize, AllocError> {
    match count {
        0 => Ok(0),
        _ if count > model.blocks() => Err(AllocError::ExceedsCapacity),
        _ => model.first_fit(count).ok_or(AllocError::Exhausted),
    }
}

/// What is to be said of a list, of which each entry is a block that may be freed, or is not for a reason: all blocks, or
/// the first entry that is wrong.
pub(crate) fn may_free<B: Copy + PartialEq>(
    list: &[*mut u8],
    block_of: impl Fn(*mut u8) -> Result<B, FreeErrorKind>,
) -> Result<Vec<B>, (usize, FreeErrorKind)> {
    let mut blocks = Vec::with_capacity(list.len());
    for (entry, &address) in list.iter().enumerate() {
        let block = block_of(address).map_err(|kind| (entry, kind))?;
        if blocks.contains(&block) {
            return Err((entry, FreeErrorKind::ListedTwice));
        }
        blocks.push(block);
    }
    Ok(blocks)
}

pub(crate) fn parts(error: FreeError) -> (usize, FreeErrorKind) {
    (error.entry(), error.kind())
}

impl Subject for Raw {
    type Operation = Operation;

    const KINDS: &'static [Kind] = &[
        Kind::refusable("alloc"),
        Kind::refusable("alloc_contiguous"),
        Kind::refusable("claim"),
        Kind::refusable("free"),
        Kind::refusable("free, many"),
        Kind::refusable("free_contiguous"),
        Kind::refusable("is_region_free"),
        Kind::refusable("owns"),
        Kind::sure("claim all that is free"),
    ];

    fn operation() -> BoxedStrategy<Operation> {
        let address = Address::any;
        let count = Count::any;
        // Where a run may well be free.
        let start = || prop_oneof![any::<u16>().prop_map(Address::Free), address()];
        prop_oneof![
            6 => count().prop_map(Operation::Alloc),
            6 => count().prop_map(Operation::AllocContiguous),
            6 => (start(), count()).prop_map(|(first, count)| Operation::Claim(first, count)),
            8 => prop::collection::vec(address(), 0..6).prop_map(Operation::Free),
            2 => (0..40_u16, any::<u16>(), prop::option::of(address()))
                .prop_map(|(every, at, other)| Operation::FreeMany { every, at, other }),
            6 => (address(), count())
                .prop_map(|(first, count)| Operation::FreeContiguous(first, count)),
            2 => (start(), count()).prop_map(|(first, count)| Operation::IsRegionFree(first, count)),
            1 => address().prop_map(Operation::Owns),
            1 => Just(Operation::Fill),
        ]
        .boxed()
    }

    fn kind(operation: &Operation) -> usize {
        match operation {
            Operation::Alloc(_) => 0,
            Operation::AllocContiguous(_) => 1,
            Operation::Claim(..) => 2,
            Operation::Free(_) => 3,
            Operation::FreeMany { .. } => 4,
            Operation::FreeContiguous(..) => 5,
            Operation::IsRegionFree(..) => 6,
            Operation::Owns(_) => 7,
            Operation::Fill => 8,
        }
    }

    fn perform(&mut self, operation: &Operation) -> Option<Outcome> {
        let count = |count: Count| count.resolve(self.pool, &self.model);
        Some(match *operation {
            Operation::Alloc(count) => self.alloc(count),
            Operation::AllocContiguous(count) => self.alloc_contiguous(count),
            Operation::Claim(first, blocks) => self.claim(self.resolve(first), count(blocks)),
            Operation::Free(ref list) => {
                let list: Vec<_> = list.iter().map(|&address| self.resolve(address)).collect();
                self.free(&list)
            }
            Operation::FreeMany { every, at, other } => self.free_many(every, at, other),
            Operation::FreeContiguous(first, blocks) => {
                self.free_contiguous(self.resolve(first), count(blocks))
            }
            Operation::IsRegionFree(first, blocks) => {
                self.is_region_free(self.resolve(first), count(blocks))
            }
            Operation::Owns(address) => self.owns(self.resolve(address)),
            Operation::Fill => self.fill(),
        })
    }

    fn compare(&self) {
        self.model.compare(self.pool);
    }

    fn end(&mut self) {
        self.free_many(0, 0, None);
    }
}
