//! The typed front: handles of every kind, kept in a bag, and given back in any order and by every way there is.

mod give;
mod held;
mod take;

use std::ops::Range;

use bytemuck::Pod;
use mem_blocks::{AllocError, MemBlocks, RawMemBlocks};
use proptest::prelude::*;

use crate::{
    address::Count,
    model::Model,
    raw::may_alloc,
    sequence::Subject,
    tally::{Kind, Outcome},
    value::{self, Value},
};
use held::{Held, How};

#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Alloc,
    AllocWith,
    AllocZeroed,
    /// By the place in a list of numbers.
    AllocArray(u16),
    AllocScatter(Count),
    AllocContiguous(Count),
    AllocContiguousIn(Count, Count),
    Claim(Blocks),
    IsFree(Blocks),
    /// All that is free, run by run.
    Fill,
    /// A value into each block of a handle that has none.
    Write(u16, How),
    Split(u16, u16),
    /// Two runs of which one is right behind the other.
    Join(u16),
    Forget(u16),
    Leak(u16),
    ThroughRaw(u16),
    FreeByAddress(u16),
    IntoInner(u16),
    Drop(u16),
    /// All handles, and what no handle owns.
    DropAll(u16),
}

/// A range of indices in one of its forms: the first, the number, which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blocks(u16, Count, u16);

/// A pool, and all that was taken from it.
pub(crate) struct Handles<B: Pod, const N: usize> {
    pool: &'static MemBlocks<Value<B>, N>,
    raw: &'static RawMemBlocks,
    model: Model,
    bag: Vec<Held<B>>,
    /// Taken, and no handle's.
    lost: Vec<usize>,
    /// The number of stamps so far.
    stamps: u64,
}

impl<B: Pod, const N: usize> Handles<B, N> {
    pub(crate) fn new(pool: &'static MemBlocks<Value<B>, N>) -> Self {
        // What a sequence that failed has left.
        let _ = value::were_dropped::<B>(&[]);
        let model = Model::new(N);
        Self { pool, raw: pool.raw(), model, bag: Vec::new(), lost: Vec::new(), stamps: 0 }
    }

    fn next_stamps(&mut self, count: usize) -> Range<u64> {
        let start = self.stamps;
        self.stamps += count as u64;
        start..self.stamps
    }

    /// Puts a handle that was got just now into the bag.
    fn keep(&mut self, held: Held<B>) {
        assert!(held.blocks.is_sorted(), "not in ascending order: {:?}", held.blocks);
        self.model.take(held.blocks.iter().copied());
        self.bag.push(held);
    }

    /// Keeps what was got, if anything was; which must be as expected.
    fn keep_result(
        &mut self,
        result: Result<Held<B>, AllocError>,
        count: usize,
        expected: Result<(), AllocError>,
    ) -> Outcome {
        assert_eq!(seen(&result, |held| held.blocks.len()), expected.map(|()| count));
        let outcome = Outcome::of(&result, count);
        if let Ok(held) = result {
            self.keep(held);
        }
        outcome
    }

    /// Takes a handle for which that is so out of the bag, once it was checked: of the first block from a place on, which
    /// is chosen as `Model::taken_block` is.
    fn pick(&mut self, place: u16, is_so: impl Fn(&Held<B>) -> bool) -> Option<Held<B>> {
        // Those of no blocks are behind the last block.
        let distance = |held: &Held<B>| {
            let first = held.blocks.first().copied().unwrap_or(N);
            (first + N + 1 - usize::from(place) % (N + 1)) % (N + 1)
        };
        let some = (0..self.bag.len()).filter(|&at| is_so(&self.bag[at]));
        let at = some.min_by_key(|&at| distance(&self.bag[at]))?;
        let held = self.bag.swap_remove(at);
        held.check(self.raw);
        Some(held)
    }
}

/// What can be compared of a result.
fn seen<H, S, E: Copy>(result: &Result<H, E>, of: impl FnOnce(&H) -> S) -> Result<S, E> {
    result.as_ref().map(of).map_err(|&error| error)
}

impl<B: Pod, const N: usize> Subject for Handles<B, N> {
    type Operation = Operation;

    const KINDS: &'static [Kind] = &[
        Kind::refusable("alloc"),
        Kind::refusable("alloc_with"),
        Kind::refusable("alloc_zeroed"),
        Kind::refusable("alloc_array"),
        Kind::refusable("alloc_scatter"),
        Kind::refusable("alloc_contiguous"),
        Kind::refusable("alloc_contiguous_in"),
        Kind::refusable("claim"),
        Kind::refusable("is_free"),
        Kind::sure("claim all that is free"),
        Kind::sure("write"),
        Kind::sure("split_off"),
        Kind::sure("join").of(2),
        Kind::sure("forget"),
        Kind::sure("leak"),
        Kind::sure("into_raw, from_raw"),
        Kind::sure("into_raw, free"),
        Kind::sure("into_inner"),
        Kind::sure("drop"),
        Kind::sure("drop all"),
    ];

    fn operation() -> BoxedStrategy<Operation> {
        let place = any::<u16>;
        let count = Count::any;
        let blocks = || {
            (place(), count(), place()).prop_map(|(start, count, form)| Blocks(start, count, form))
        };
        let how = prop_oneof![Just(How::Write), Just(How::Zeroed), Just(How::AssumeInit)];
        let one = prop_oneof![
            Just(Operation::Alloc),
            Just(Operation::AllocWith),
            Just(Operation::AllocZeroed),
        ];
        let some = prop_oneof![
            (0..5_u16).prop_map(Operation::AllocArray),
            count().prop_map(Operation::AllocScatter),
            count().prop_map(Operation::AllocContiguous),
            (count(), count()).prop_map(|(min, max)| Operation::AllocContiguousIn(min, max)),
            blocks().prop_map(Operation::Claim),
        ];
        let lose =
            prop_oneof![place().prop_map(Operation::Forget), place().prop_map(Operation::Leak),];
        let give_up = prop_oneof![
            place().prop_map(Operation::FreeByAddress),
            place().prop_map(Operation::IntoInner),
            place().prop_map(Operation::ThroughRaw),
        ];
        prop_oneof![
            12 => one,
            20 => some,
            8 => (place(), how).prop_map(|(place, how)| Operation::Write(place, how)),
            4 => (place(), place()).prop_map(|(place, at)| Operation::Split(place, at)),
            3 => place().prop_map(Operation::Join),
            6 => give_up,
            1 => lose,
            18 => place().prop_map(Operation::Drop),
            3 => blocks().prop_map(Operation::IsFree),
            1 => Just(Operation::Fill),
            1 => place().prop_map(Operation::DropAll),
        ]
        .boxed()
    }

    fn kind(operation: &Operation) -> usize {
        match operation {
            Operation::Alloc => 0,
            Operation::AllocWith => 1,
            Operation::AllocZeroed => 2,
            Operation::AllocArray(_) => 3,
            Operation::AllocScatter(_) => 4,
            Operation::AllocContiguous(_) => 5,
            Operation::AllocContiguousIn(..) => 6,
            Operation::Claim(_) => 7,
            Operation::IsFree(_) => 8,
            Operation::Fill => 9,
            Operation::Write(..) => 10,
            Operation::Split(..) => 11,
            Operation::Join(_) => 12,
            Operation::Forget(_) => 13,
            Operation::Leak(_) => 14,
            Operation::ThroughRaw(_) => 15,
            Operation::FreeByAddress(_) => 16,
            Operation::IntoInner(_) => 17,
            Operation::Drop(_) => 18,
            Operation::DropAll(_) => 19,
        }
    }

    fn perform(&mut self, operation: &Operation) -> Option<Outcome> {
        let count = |count: Count| count.resolve(self.raw, &self.model);
        match *operation {
            Operation::Alloc => {
                let result = self.pool.alloc().map(Held::block);
                Some(self.keep_result(result, 1, may_alloc(&self.model, 1)))
            }
            Operation::AllocWith => Some(self.alloc_with()),
            Operation::AllocZeroed => Some(self.alloc_zeroed()),
            Operation::AllocArray(0) => Some(self.alloc_array::<1>()),
            Operation::AllocArray(1) => Some(self.alloc_array::<2>()),
            Operation::AllocArray(2) => Some(self.alloc_array::<5>()),
            Operation::AllocArray(3) => Some(self.alloc_array::<33>()),
            Operation::AllocArray(_) => Some(self.alloc_array::<0>()),
            Operation::AllocScatter(blocks) => Some(self.alloc_scatter(count(blocks))),
            Operation::AllocContiguous(blocks) => Some(self.alloc_contiguous(count(blocks))),
            Operation::AllocContiguousIn(min, max) => {
                Some(self.alloc_contiguous_in(count(min), count(max)))
            }
            Operation::Claim(blocks) => Some(self.claim(blocks)),
            Operation::IsFree(blocks) => Some(self.is_free(blocks)),
            Operation::Fill => Some(self.claim_all()),
            Operation::Write(place, how) => self.write(place, how),
            Operation::Split(place, at) => self.split(place, at),
            Operation::Join(place) => self.join(place),
            Operation::Forget(place) => self.forget(place),
            Operation::Leak(place) => self.leak(place),
            Operation::ThroughRaw(place) => self.through_raw(place),
            Operation::FreeByAddress(place) => self.free_by_address(place),
            Operation::IntoInner(place) => self.move_out(place),
            Operation::Drop(place) => self.drop_one(place),
            Operation::DropAll(place) => self.drop_all(place),
        }
    }

    fn compare(&self) {
        assert!(value::were_dropped::<B>(&[]), "a value was dropped that is still there");
        self.model.compare(self.raw);
    }

    fn end(&mut self) {
        self.drop_all(0);
    }
}
