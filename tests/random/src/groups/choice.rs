//! Who is to serve a request: the provided choice functions, and one of ours.

use std::cell::Cell;

use mem_blocks::{AllocError, Group, GroupError, RawMemBlocks};

use super::{Groups, MEMBERS};
use crate::model::Model;

/// What a group is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Request {
    /// A size in bytes, as the block size of a member and so many more or less: by `choose::smallest_fit`.
    Fit(u8, i8),
    /// The same by `choose::smallest_fit_or_larger`.
    FitOrLarger(u8, i8),
    /// A member by its place, by a function of ours.
    Place(u8),
    /// At each call the next member, as if each had just been overtaken.
    Next(u8),
    Nobody,
    Stranger,
}

/// What a function of ours is given.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choice {
    Place(usize),
    Next(usize),
    Nobody,
    Stranger(&'static RawMemBlocks),
}

thread_local! {
    /// Calls of `as_told` since the last look.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Our choice function.
pub(super) fn as_told(
    members: &[&'static RawMemBlocks],
    choice: &Choice,
) -> Option<&'static RawMemBlocks> {
    let call = CALLS.replace(CALLS.get() + 1);
    match *choice {
        Choice::Place(place) => members.get(place).copied(),
        Choice::Next(place) => Some(members[(place + call) % members.len()]),
        Choice::Nobody => None,
        Choice::Stranger(stranger) => Some(stranger),
    }
}

pub(super) fn forget_calls() {
    CALLS.set(0);
}

/// Wants a function of ours to have been called so often since the last look, if the request is for one.
pub(super) fn check_calls(request: Request, calls: usize) {
    let found = CALLS.take();
    if !matches!(request, Request::Fit(..) | Request::FitOrLarger(..)) {
        assert_eq!(found, calls, "calls of the choice function");
    }
}

impl Groups {
    pub(super) fn size(&self, member: u8, more: i8) -> usize {
        let member = self.members[usize::from(member) % MEMBERS];
        member.block_size().saturating_add_signed(more.into())
    }

    /// Of the members that a size fits and for which that is so, the first with the smallest blocks.
    pub(super) fn smallest(&self, size: usize, is_so: impl Fn(usize) -> bool) -> Option<usize> {
        let fitting = (0..MEMBERS).filter(|&at| self.members[at].block_size() >= size && is_so(at));
        fitting.min_by_key(|&at| self.members[at].block_size())
    }

    /// The members that are to be asked, one after the other while they are exhausted.
    pub(super) fn chosen(&self, request: Request) -> Result<Vec<usize>, GroupError> {
        let one =
            |member: Option<usize>| member.map(|member| vec![member]).ok_or(GroupError::NotChosen);
        match request {
            Request::Fit(member, more) => one(self.smallest(self.size(member, more), |_| true)),
            Request::FitOrLarger(member, more) => {
                let size = self.size(member, more);
                let free = self.smallest(size, |at| self.models[at].available() > 0);
                one(free.or_else(|| self.smallest(size, |_| true)))
            }
            Request::Place(place) => one(Some(place.into()).filter(|&place| place < MEMBERS)),
            Request::Next(place) => {
                Ok((0..MEMBERS).map(|call| (usize::from(place) + call) % MEMBERS).collect())
            }
            Request::Nobody => Err(GroupError::NotChosen),
            Request::Stranger => Err(GroupError::NotAMember),
        }
    }

    /// Who serves a request for so many blocks, or why nobody does; and how often a function of ours is asked.
    pub(super) fn server(
        &self,
        request: Request,
        can_serve: impl Fn(&Model) -> Result<(), AllocError>,
    ) -> (Result<usize, GroupError>, usize) {
        let chosen = match self.chosen(request) {
            Ok(chosen) => chosen,
            Err(error) => return (Err(error), 1),
        };
        for (call, &member) in chosen.iter().enumerate() {
            match can_serve(&self.models[member]) {
                Ok(()) => return (Ok(member), call + 1),
                Err(AllocError::Exhausted) => {}
                Err(error) => return (Err(error.into()), call + 1),
            }
        }
        // One who chooses the same again is asked once more, to hear that.
        (Err(AllocError::Exhausted.into()), chosen.len().max(2))
    }

    /// Asks the group whose choice function the request is for.
    pub(super) fn ask<R>(
        &self,
        request: Request,
        by_size: impl FnOnce(&Group<usize, MEMBERS>, usize) -> R,
        by_choice: impl FnOnce(&Group<Choice, MEMBERS>, &Choice) -> R,
    ) -> R {
        let choice = match request {
            Request::Fit(member, more) => return by_size(&self.fit, self.size(member, more)),
            Request::FitOrLarger(member, more) => {
                return by_size(&self.fit_or_larger, self.size(member, more));
            }
            Request::Place(place) => Choice::Place(place.into()),
            Request::Next(place) => Choice::Next(place.into()),
            Request::Nobody => Choice::Nobody,
            Request::Stranger => Choice::Stranger(self.stranger),
        };
        by_choice(&self.ours, &choice)
    }
}
