//! Groups of three members: who is chosen, whose the handles are, and lists of addresses of any member and of none.

mod choice;
mod held;
mod take;

use std::{mem, ptr};

use mem_blocks::{AddError, FreeErrorKind, Group, GroupBlock, RawMemBlocks, choose};
use proptest::prelude::*;

use crate::{
    address::{Address, Count, block_at},
    model::{self, Model},
    raw::{may_free, parts},
    sequence::{Subject, somewhere_else},
    tally::{Kind, Outcome},
};
pub(crate) use choice::Request;
use choice::{Choice, as_told, forget_calls};
use held::Held;

const MEMBERS: usize = 3;

#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Alloc(Request),
    /// By the place in a list of numbers.
    AllocArray(Request, u16),
    AllocContiguous(Request, Count),
    Free(Vec<(u8, Address)>),
    /// All that is free of a member, to be freed by address.
    Fill(u8),
    Forget(u16),
    IntoRaw(u16),
    FromRaw(u16),
    Drop(u16),
    DropAll(u16),
}

/// The same members, in groups with each choice function.
pub(crate) struct Groups {
    members: [&'static RawMemBlocks; MEMBERS],
    stranger: &'static RawMemBlocks,
    fit: Group<usize, MEMBERS>,
    fit_or_larger: Group<usize, MEMBERS>,
    /// Filled at run time.
    ours: Group<Choice, MEMBERS>,
    models: [Model; MEMBERS],
    /// Of the taken blocks, those that no handle owns.
    by_address: [Model; MEMBERS],
    bag: Vec<Held>,
    stamps: u64,
}

impl Groups {
    pub(crate) fn new(
        members: [&'static RawMemBlocks; MEMBERS],
        stranger: &'static RawMemBlocks,
    ) -> Self {
        let mut ours = Group::new([members[0]], as_told);
        members[1..].iter().for_each(|&member| ours.add(member).expect("there is room"));
        assert_eq!(ours.add(stranger), Err(AddError::Full));
        // What a sequence that failed has left.
        forget_calls();
        let models = members.map(|member| Model::new(member.num_blocks()));
        Self {
            members,
            stranger,
            fit: Group::new(members, choose::smallest_fit),
            fit_or_larger: Group::new(members, choose::smallest_fit_or_larger),
            ours,
            by_address: models.clone(),
            models,
            bag: Vec::new(),
            stamps: 0,
        }
    }

    /// Takes a handle out of the bag, once it was checked: of the first block from a place on, all members in a row.
    fn pick(&mut self, place: u16) -> Option<Held> {
        let blocks = self.models.each_ref().map(Model::blocks);
        let all: usize = blocks.iter().sum();
        let distance = |held: &Held| {
            let first = blocks[..held.member].iter().sum::<usize>() + held.first;
            (first + all - usize::from(place) % all) % all
        };
        let at = (0..self.bag.len()).min_by_key(|&at| distance(&self.bag[at]))?;
        let held = self.bag.swap_remove(at);
        held.check(self.members[held.member]);
        Some(held)
    }

    /// From now on the blocks of a handle are to be freed by address.
    fn lose(&mut self, held: &Held) {
        self.by_address[held.member].take(held.first..held.first + held.count);
    }

    fn free(&mut self, list: &[*mut u8]) -> Outcome {
        let expected = may_free(list, |address| {
            let of = |member: usize| block_at(self.members[member], address);
            let is_owner = |&member: &usize| of(member) != Err(FreeErrorKind::NotInBuffer);
            let member = (0..MEMBERS).find(is_owner).ok_or(FreeErrorKind::NotInBuffer)?;
            let block = of(member)?;
            let is_taken = self.by_address[member].is_taken(block);
            if is_taken { Ok((member, block)) } else { Err(FreeErrorKind::NotAllocated) }
        });
        // SAFETY: no handle owns one of the blocks.
        let result = unsafe { self.fit.free(list) };
        assert_eq!(result.map_err(parts), expected.as_ref().map(|_| ()).map_err(|&error| error));
        for (member, block) in expected.unwrap_or_default() {
            self.by_address[member].give_back([block]);
            self.models[member].give_back([block]);
        }
        Outcome::of(&result, list.len())
    }

    fn resolve(&self, member: u8, address: Address) -> *mut u8 {
        let at = usize::from(member) % MEMBERS;
        let (pool, model) = (self.members[at], &self.models[at]);
        let address = address.resolve(pool, &self.by_address[at], model, self.stranger);
        // What lies behind one member may be the first block of another, and a handle's.
        let is_in = |other: usize| {
            other != at && block_at(self.members[other], address) != Err(FreeErrorKind::NotInBuffer)
        };
        if (0..MEMBERS).any(is_in) { ptr::null_mut() } else { address }
    }

    fn fill(&mut self, member: u8) -> Outcome {
        let at = usize::from(member) % MEMBERS;
        let runs: Vec<_> = self.models[at].free_runs().collect();
        for run in &runs {
            let first = model::address(self.members[at], run.start);
            assert_eq!(self.members[at].claim(first, run.len()), Ok(()), "they are free");
            self.models[at].take(run.clone());
            self.by_address[at].take(run.clone());
        }
        if runs.is_empty() { Outcome::Empty } else { Outcome::Done }
    }

    fn forget(&mut self, place: u16) -> Option<Outcome> {
        let held = self.pick(place)?;
        self.lose(&held);
        mem::forget(held.handle);
        Some(Outcome::Done)
    }

    fn give_up(&mut self, place: u16) -> Option<Outcome> {
        let held = self.pick(place)?;
        self.lose(&held);
        let expected = model::address(self.members[held.member], held.first);
        assert_eq!(held.handle.into_raw(), expected, "`into_raw`");
        Some(Outcome::Done)
    }

    fn own_again(&mut self, place: u16) -> Option<Outcome> {
        let at = usize::from(place) % MEMBERS;
        let block = self.by_address[at].taken_block(place.into())?;
        self.by_address[at].give_back([block]);
        self.models[at].give_back([block]);
        let address = model::address(self.members[at], block);
        // SAFETY: the block is taken, and no handle owns it.
        let made = unsafe { GroupBlock::from_raw(self.members[at], address) };
        self.keep_block(made, at);
        Some(Outcome::Done)
    }

    fn drop_one(&mut self, place: u16) -> Option<Outcome> {
        let Held { handle, member, first, count, .. } = self.pick(place)?;
        drop(handle);
        self.models[member].give_back(first..first + count);
        Some(Outcome::Done)
    }

    fn drop_all(&mut self, place: u16) -> Option<Outcome> {
        let was_empty = self.models.iter().all(|model| model.used() == 0);
        let mut place = place;
        while self.drop_one(place).is_some() {
            place = somewhere_else(place);
            self.compare();
        }
        let lost = self.members.iter().zip(&self.by_address).flat_map(|(member, by_address)| {
            by_address.taken_blocks().map(|block| model::address(member, block))
        });
        let lost: Vec<_> = lost.collect();
        self.free(&lost);
        assert!(self.models.iter().all(|model| model.used() == 0), "blocks that nobody has");
        (!was_empty).then_some(Outcome::Done)
    }
}

impl Subject for Groups {
    type Operation = Operation;

    const KINDS: &'static [Kind] = &[
        Kind::refusable("alloc"),
        Kind::refusable("alloc_array"),
        Kind::refusable("alloc_contiguous"),
        Kind::refusable("free"),
        Kind::sure("claim all of a member"),
        Kind::sure("forget"),
        Kind::sure("into_raw"),
        Kind::sure("from_raw"),
        Kind::sure("drop"),
        Kind::sure("drop all"),
    ];

    fn operation() -> BoxedStrategy<Operation> {
        let place = any::<u16>;
        let member = any::<u8>;
        let request = || {
            prop_oneof![
                4 => any::<(u8, i8)>().prop_map(|(member, more)| Request::Fit(member, more)),
                4 => (member(), -1..=1_i8).prop_map(|(member, more)| Request::Fit(member, more)),
                6 => (member(), -1..=1_i8)
                    .prop_map(|(member, more)| Request::FitOrLarger(member, more)),
                6 => (0..4_u8).prop_map(Request::Place),
                4 => (0..3_u8).prop_map(Request::Next),
                1 => Just(Request::Nobody),
                1 => Just(Request::Stranger),
            ]
            .boxed()
        };
        let list = prop::collection::vec((member(), Address::any()), 0..5);
        prop_oneof![
            10 => request().prop_map(Operation::Alloc),
            5 => (request(), 0..5_u16).prop_map(|(request, k)| Operation::AllocArray(request, k)),
            8 => (request(), Count::any())
                .prop_map(|(request, count)| Operation::AllocContiguous(request, count)),
            8 => list.prop_map(Operation::Free),
            2 => member().prop_map(Operation::Fill),
            1 => place().prop_map(Operation::Forget),
            8 => place().prop_map(Operation::IntoRaw),
            2 => place().prop_map(Operation::FromRaw),
            12 => place().prop_map(Operation::Drop),
            1 => place().prop_map(Operation::DropAll),
        ]
        .boxed()
    }

    fn kind(operation: &Operation) -> usize {
        match operation {
            Operation::Alloc(_) => 0,
            Operation::AllocArray(..) => 1,
            Operation::AllocContiguous(..) => 2,
            Operation::Free(_) => 3,
            Operation::Fill(_) => 4,
            Operation::Forget(_) => 5,
            Operation::IntoRaw(_) => 6,
            Operation::FromRaw(_) => 7,
            Operation::Drop(_) => 8,
            Operation::DropAll(_) => 9,
        }
    }

    fn perform(&mut self, operation: &Operation) -> Option<Outcome> {
        match *operation {
            Operation::Alloc(request) => Some(self.alloc(request)),
            Operation::AllocArray(request, 0) => Some(self.alloc_array::<1>(request)),
            Operation::AllocArray(request, 1) => Some(self.alloc_array::<2>(request)),
            Operation::AllocArray(request, 2) => Some(self.alloc_array::<5>(request)),
            Operation::AllocArray(request, 3) => Some(self.alloc_array::<33>(request)),
            Operation::AllocArray(request, _) => Some(self.alloc_array::<0>(request)),
            Operation::AllocContiguous(request, count) => {
                Some(self.alloc_contiguous(request, count))
            }
            Operation::Free(ref list) => {
                let list: Vec<_> =
                    list.iter().map(|&(member, address)| self.resolve(member, address)).collect();
                Some(self.free(&list))
            }
            Operation::Fill(member) => Some(self.fill(member)),
            Operation::Forget(place) => self.forget(place),
            Operation::IntoRaw(place) => self.give_up(place),
            Operation::FromRaw(place) => self.own_again(place),
            Operation::Drop(place) => self.drop_one(place),
            Operation::DropAll(place) => self.drop_all(place),
        }
    }

    fn compare(&self) {
        self.members.iter().zip(&self.models).for_each(|(member, model)| model.compare(member));
    }

    fn end(&mut self) {
        self.drop_all(0);
    }
}
