//! Requests to a group, and what must come of them.

use mem_blocks::{Group, GroupBlock, GroupRun};

use super::{
    Groups,
    choice::{Request, check_calls},
    held::{Handle, Held},
};
use crate::{
    address::Count,
    model,
    raw::{may_alloc, may_alloc_contiguous},
    tally::Outcome,
};

impl Groups {
    pub(super) fn alloc_array<const K: usize>(&mut self, request: Request) -> Outcome {
        let (expected, calls) = self.server(request, |model| may_alloc(model, K));
        let result =
            self.ask(request, |group, size| group.alloc_array::<K>(&size), Group::alloc_array::<K>);
        check_calls(request, if K == 0 { 0 } else { calls });
        let outcome = Outcome::of(&result, K);
        match (result, expected) {
            // Nobody is chosen.
            (Ok(blocks), _) if K == 0 => drop(blocks),
            (Ok(blocks), Ok(member)) => {
                for block in blocks {
                    self.keep_block(block, member);
                }
            }
            (result, expected) => assert_eq!(result.err(), expected.err()),
        }
        outcome
    }

    pub(super) fn alloc(&mut self, request: Request) -> Outcome {
        let (expected, calls) = self.server(request, |model| may_alloc(model, 1));
        let result = self.ask(request, |group, size| group.alloc(&size), Group::alloc);
        check_calls(request, calls);
        let outcome = Outcome::of(&result, 1);
        match (result, expected) {
            (Ok(block), Ok(member)) => self.keep_block(block, member),
            (result, expected) => assert_eq!(result.err(), expected.err()),
        }
        outcome
    }

    pub(super) fn alloc_contiguous(&mut self, request: Request, count: Count) -> Outcome {
        // Of which member, is seen later; a count that is large for all is large for each.
        let count = count.resolve(self.members[0], &self.models[0]);
        let (expected, calls) =
            self.server(request, |model| may_alloc_contiguous(model, count).map(|_| ()));
        let result = self.ask(
            request,
            |group, size| group.alloc_contiguous(&size, count),
            |group, choice| group.alloc_contiguous(choice, count),
        );
        check_calls(request, if count == 0 { 0 } else { calls });
        let outcome = Outcome::of(&result, count);
        match (result, expected) {
            (Ok(run), _) if count == 0 => {
                assert!(run.is_empty() && GroupRun::member(&run).is_none(), "a run of nothing");
            }
            (Ok(run), Ok(member)) => {
                let first = model::index(self.members[member], run.as_ptr().cast());
                let fit = self.models[member].first_fit(count);
                assert_eq!((Some(first), GroupRun::count(&run)), (fit, count), "which blocks");
                self.keep(Handle::Run(run), member, first, count);
            }
            (result, expected) => assert_eq!(result.err(), expected.err()),
        }
        outcome
    }

    pub(super) fn keep_block(&mut self, block: GroupBlock, member: usize) {
        let first = model::index(self.members[member], block.as_ptr().cast());
        self.keep(Handle::Block(block), member, first, 1);
    }

    /// Puts a handle that was got just now into the bag.
    pub(super) fn keep(&mut self, handle: Handle, member: usize, first: usize, count: usize) {
        self.models[member].take(first..first + count);
        self.stamps += 1;
        let mut held = Held { handle, member, first, count, stamp: self.stamps };
        for byte in held.handle.bytes_mut() {
            byte.write(0);
        }
        held.write();
        held.check(self.members[member]);
        self.bag.push(held);
    }
}
