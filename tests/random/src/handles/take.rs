//! Requests for handles, and what must come of them.

use std::ops::{Bound, Range};

use bytemuck::Pod;
use mem_blocks::{AllocError, Block, ClaimError, Run};

use super::{
    Blocks, Handles,
    held::{Handle, Held, MAX},
    seen,
};
use crate::{
    raw::{may_alloc, may_alloc_contiguous},
    tally::Outcome,
    value::Value,
};

impl<B: Pod, const N: usize> Handles<B, N> {
    pub(super) fn alloc_with(&mut self) -> Outcome {
        let stamp = self.next_stamps(1).start;
        let mut calls = 0;
        let result = self.pool.alloc_with(|| {
            calls += 1;
            Value::new(stamp)
        });
        assert_eq!(calls, usize::from(result.is_ok()), "calls of the function of `alloc_with`");
        let held = |block| Held {
            blocks: vec![Block::index(&block)],
            handle: Handle::Block(block),
            stamps: vec![stamp],
        };
        self.keep_result(result.map(held), 1, may_alloc(&self.model, 1))
    }

    pub(super) fn alloc_zeroed(&mut self) -> Outcome {
        let stamp = self.next_stamps(1).start;
        let held = |mut block: Block<Value<B>>| {
            assert!(block.has(0), "`alloc_zeroed`: not all zeros");
            block.stamp(stamp);
            let blocks = vec![Block::index(&block)];
            Held { blocks, handle: Handle::Block(block), stamps: vec![stamp] }
        };
        let result = self.pool.alloc_zeroed().map(held);
        self.keep_result(result, 1, may_alloc(&self.model, 1))
    }

    pub(super) fn alloc_array<const K: usize>(&mut self) -> Outcome {
        let result = self.pool.alloc_array::<K>();
        assert_eq!(result.as_ref().err(), may_alloc(&self.model, K).as_ref().err());
        let outcome = Outcome::of(&result, K);
        let blocks = result.into_iter().flatten();
        let mut last = None;
        for held in blocks.map(Held::block) {
            assert!(last < Some(held.blocks[0]), "not in ascending order");
            last = Some(held.blocks[0]);
            self.keep(held);
        }
        outcome
    }

    pub(super) fn alloc_scatter(&mut self, count: usize) -> Outcome {
        let result = self.pool.alloc_scatter::<MAX>(count);
        let expected = if count > MAX {
            Err(AllocError::ExceedsCapacity)
        } else {
            may_alloc(&self.model, count)
        };
        self.keep_result(result.map(|blocks| Held::scatter(self.raw, blocks)), count, expected)
    }

    pub(super) fn alloc_contiguous(&mut self, count: usize) -> Outcome {
        let result = self.pool.alloc_contiguous(count);
        let expected = may_alloc_contiguous(&self.model, count);
        assert_eq!(seen(&result, |run| Run::range(run).start), expected);
        self.keep_result(result.map(Held::run), count, expected.map(|_| ()))
    }

    pub(super) fn alloc_contiguous_in(&mut self, min: usize, max: usize) -> Outcome {
        let expected = match self.model.longest_run(min, max) {
            _ if min > max || min > N => Err(AllocError::ExceedsCapacity),
            _ if max == 0 => Ok(0..0),
            Some(run) => Ok(run),
            None if min == 0 => Ok(0..0),
            None => Err(AllocError::Exhausted),
        };
        let result = self.pool.alloc_contiguous_in(min..=max);
        assert_eq!(
            seen(&result, Run::range),
            expected.clone(),
            "`alloc_contiguous_in({min}..={max})`"
        );
        let count = expected.as_ref().map_or(0, ExactSizeIterator::len);
        self.keep_result(result.map(Held::run), count, expected.map(|_| ()))
    }

    /// The range, and whether it is one of this pool's blocks.
    pub(super) fn range(
        &self,
        Blocks(start, count, form): Blocks,
    ) -> (Bound<usize>, Bound<usize>, Option<Range<usize>>) {
        let start = match start % 4 {
            // Where something is free.
            1 | 2 => self.model.free_block(start.into()).unwrap_or(0),
            _ => usize::from(start) % (N + 2),
        };
        let end = start.saturating_add(count.resolve(self.raw, &self.model));
        // From low to high, and what that means.
        let (low, high, from, to) = match form % 6 {
            0 | 1 => (Bound::Included(start), Bound::Excluded(end), start, end),
            2 if end > 0 => (Bound::Included(start), Bound::Included(end - 1), start, end),
            3 => (Bound::Unbounded, Bound::Excluded(end), 0, end),
            4 => (Bound::Included(start), Bound::Unbounded, start, N),
            // Ends before it starts, unless both are 0.
            _ => (Bound::Included(end), Bound::Excluded(start), end, start),
        };
        let is_inside = from == to || from < to && to <= N;
        (low, high, is_inside.then_some(from..to))
    }

    pub(super) fn claim(&mut self, blocks: Blocks) -> Outcome {
        let (low, high, range) = self.range(blocks);
        let expected = match range {
            None => Err(ClaimError::OutOfRange),
            Some(range) if range.is_empty() || self.model.is_free(range.clone()) => Ok(range),
            Some(_) => Err(ClaimError::Taken),
        };
        let result = self.pool.claim((low, high));
        match &expected {
            // Nothing, be it behind the last block, is at most there.
            Ok(range) if range.is_empty() => {
                assert!(result.as_ref().is_ok_and(|run| run.is_empty()), "`claim` of nothing");
            }
            _ => assert_eq!(seen(&result, Run::range), expected.clone()),
        }
        let count = expected.map_or(0, |range| range.len());
        let outcome = Outcome::of(&result, count);
        if let Ok(run) = result {
            self.keep(Held::run(run));
        }
        outcome
    }

    pub(super) fn is_free(&self, blocks: Blocks) -> Outcome {
        let (low, high, range) = self.range(blocks);
        let expected = range.is_some_and(|range| range.is_empty() || self.model.is_free(range));
        assert_eq!(self.pool.is_free((low, high)), expected, "`is_free(({low:?}, {high:?}))`");
        if expected { Outcome::Done } else { Outcome::Refused }
    }

    pub(super) fn claim_all(&mut self) -> Outcome {
        let runs: Vec<_> = self.model.free_runs().collect();
        for run in &runs {
            let claimed = self.pool.claim(run.clone()).expect("they are free");
            self.keep(Held::run(claimed));
        }
        if runs.is_empty() { Outcome::Empty } else { Outcome::Done }
    }
}
