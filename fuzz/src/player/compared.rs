//! Requests, each compared with the model.

use std::fmt::Debug;
use std::ops::Range;
use std::ptr;

use mem_blocks::{AllocError, FreeError};

use super::Player;
use crate::held::Held;
use crate::model::{Owner, Refusal, free_list};
use crate::pools::Pool;

impl Player {
    /// Compares a request for blocks, wherever they are.
    pub(super) fn alloc(
        &mut self,
        pool: Pool,
        count: usize,
        result: Result<Box<dyn Held>, AllocError>,
    ) {
        let expected = self.model(pool).may_alloc(count);
        assert_eq!(result.as_ref().map(drop).map_err(|error| *error), expected);
        if let Ok(held) = result {
            let indices = self.own(pool, held);
            assert_eq!(indices.len(), count);
            assert!(indices.is_sorted(), "not in ascending order");
        }
    }

    /// Compares a request for adjacent blocks.
    pub(super) fn run<E: Copy + Debug + PartialEq>(
        &mut self,
        pool: Pool,
        expected: Result<Range<usize>, E>,
        result: Result<Box<dyn Held>, E>,
    ) {
        assert_eq!(result.as_ref().map(drop).map_err(|error| *error), expected.clone().map(drop));
        if let (Ok(run), Ok(held)) = (expected, result) {
            assert_eq!(self.own(pool, held), run.collect::<Vec<_>>());
        }
    }

    pub(super) fn raw_alloc(&mut self, pool: Pool, count: usize) {
        let raw = pool.front().raw();
        // An address that is no block's, for the entries that must stay as they are.
        let mut out = vec![ptr::without_provenance_mut(1); count];
        let expected = self.model(pool).may_alloc(count);
        assert_eq!(raw.alloc(&mut out), expected);
        let found: Vec<usize> = out.iter().map(|block| block.addr()).collect();
        if expected.is_err() {
            assert!(found.iter().all(|&block| block == 1), "`out` was touched in vain");
            return;
        }
        let model = self.model(pool);
        let lowest = model.lowest(count);
        let addresses = lowest.iter().map(|index| model.start + index * model.block_size);
        assert_eq!(found, addresses.collect::<Vec<_>>());
        for index in lowest {
            model.set(index..index + 1, Owner::Address);
        }
    }

    /// Compares a request to give back a list, unless that would be a block of a handle's.
    pub(super) fn free(
        &mut self,
        members: &[usize],
        list: &[*mut u8],
        free: impl FnOnce(&[*mut u8]) -> Result<(), FreeError>,
    ) {
        let pools = || members.iter().map(|&number| Pool::ALL[number]);
        if list.iter().any(|&block| pools().any(|pool| self.is_owned(pool, block, 1))) {
            return;
        }
        let addresses: Vec<usize> = list.iter().map(|block| block.addr()).collect();
        let models: Vec<_> = members.iter().map(|&number| (number, &self.models[number])).collect();
        let expected = free_list(&models, &addresses);
        assert_eq!(free(list).map_err(refusal), expected.as_ref().map(drop).map_err(|e| *e));
        for (number, index) in expected.into_iter().flatten() {
            self.models[number].set(index..index + 1, Owner::Nobody);
        }
    }

    /// Whether a handle owns one of these blocks.
    pub(super) fn is_owned(&mut self, pool: Pool, first: *mut u8, count: usize) -> bool {
        let model = self.model(pool);
        let Ok(start) = model.index_of(first.addr()) else { return false };
        model.owners[start..].iter().take(count).any(|owner| *owner == Owner::Handle)
    }
}

pub(super) fn refusal(error: FreeError) -> Refusal {
    (error.entry(), error.kind())
}
