//! What becomes of handles: changed, given up, and given back.

use std::{mem, ptr};

use bytemuck::Pod;
use mem_blocks::{Block, Run};

use super::{
    Handles,
    held::{Handle, Held, How},
};
use crate::{
    model,
    sequence::somewhere_else,
    tally::Outcome,
    value::{self, Value},
};

impl<B: Pod, const N: usize> Handles<B, N> {
    pub(super) fn write(&mut self, place: u16, how: How) -> Option<Outcome> {
        let held = self.pick(place, Held::is_empty)?;
        let stamps = self.next_stamps(held.blocks.len());
        let held = held.fill(how, stamps);
        held.check(self.raw);
        self.bag.push(held);
        Some(Outcome::Done)
    }

    pub(super) fn split(&mut self, place: u16, at: u16) -> Option<Outcome> {
        let is_run = |held: &Held<B>| matches!(held.handle, Handle::EmptyRun(_) | Handle::Run(_));
        let Held { mut handle, mut blocks, mut stamps } = self.pick(place, is_run)?;
        let at = usize::from(at) % (blocks.len() + 2);
        let behind = match &mut handle {
            Handle::EmptyRun(run) => Handle::EmptyRun(Run::split_off(run, at)),
            Handle::Run(run) => Handle::Run(Run::split_off(run, at)),
            _ => return None,
        };
        let behind = Held {
            handle: behind,
            blocks: blocks.split_off(at.min(blocks.len())),
            stamps: stamps.split_off(at.min(stamps.len())),
        };
        for part in [Held { handle, blocks, stamps }, behind] {
            part.check(self.raw);
            self.bag.push(part);
        }
        Some(Outcome::Done)
    }

    pub(super) fn join(&mut self, place: u16) -> Option<Outcome> {
        let starts: Vec<usize> = self
            .bag
            .iter()
            .filter(|held| held.is_run())
            .filter_map(|held| held.blocks.first().copied())
            .collect();
        let next = |held: &Held<B>| held.blocks.last().map(|last| last + 1);
        let first = self.pick(place, |held| {
            held.is_run() && next(held).is_some_and(|next| starts.contains(&next))
        })?;
        let next = next(&first)?;
        let second = self.pick(0, |held| held.is_run() && held.blocks.first() == Some(&next))?;
        let (Handle::Run(front), Handle::Run(back)) = (first.handle, second.handle) else {
            return None;
        };
        let (front, back) = (Run::into_raw(front), Run::into_raw(back));
        let both =
            ptr::slice_from_raw_parts_mut(front.cast::<Value<B>>(), front.len() + back.len());
        // SAFETY: given up just now; one begins where the other ends, and all of their values are there.
        let joined = unsafe { Run::from_raw(self.pool, both) };
        let held = Held {
            handle: Handle::Run(joined),
            blocks: [first.blocks, second.blocks].concat(),
            stamps: [first.stamps, second.stamps].concat(),
        };
        held.check(self.raw);
        self.bag.push(held);
        Some(Outcome::Done)
    }

    pub(super) fn forget(&mut self, place: u16) -> Option<Outcome> {
        let held = self.pick(place, |_| true)?;
        mem::forget(held.handle);
        self.lost.extend(held.blocks);
        Some(Outcome::Done)
    }

    pub(super) fn leak(&mut self, place: u16) -> Option<Outcome> {
        let held =
            self.pick(place, |held| matches!(held.handle, Handle::Block(_) | Handle::Run(_)))?;
        let values: &'static mut [Value<B>] = match held.handle {
            Handle::Block(block) => std::slice::from_mut(Block::leak(block)),
            Handle::Run(run) => Run::leak(run),
            _ => return None,
        };
        let is_there = values.iter().zip(&held.stamps).all(|(value, &stamp)| value.has(stamp));
        assert!(is_there && values.len() == held.stamps.len(), "leaked values");
        self.lost.extend(held.blocks);
        Some(Outcome::Done)
    }

    /// Gives a handle up, and makes it again from the address, by the pool or by its other view.
    pub(super) fn through_raw(&mut self, place: u16) -> Option<Outcome> {
        let mut held = self.pick(place, |held| !held.is_scatter())?;
        held.handle = match held.handle {
            Handle::EmptyBlock(block) => {
                let address = Block::into_raw(block);
                // SAFETY: given up just now.
                Handle::EmptyBlock(unsafe { Block::from_raw(self.pool, address) })
            }
            Handle::Block(block) => {
                let address = Block::into_raw(block);
                // SAFETY: given up just now.
                Handle::Block(unsafe { Block::from_raw(self.raw, address) })
            }
            Handle::EmptyRun(run) => {
                let run = Run::into_raw(run);
                // SAFETY: given up just now.
                Handle::EmptyRun(unsafe { Run::from_raw(self.raw, run) })
            }
            Handle::Run(run) => {
                let run = Run::into_raw(run);
                // SAFETY: given up just now.
                Handle::Run(unsafe { Run::from_raw(self.pool, run) })
            }
            scatter => scatter,
        };
        held.check(self.raw);
        self.bag.push(held);
        Some(Outcome::Done)
    }

    /// Gives a handle up, and its blocks back by address. Values are not dropped.
    pub(super) fn free_by_address(&mut self, place: u16) -> Option<Outcome> {
        let held = self.pick(place, |held| !held.is_scatter())?;
        let (first, count): (*mut u8, _) = match held.handle {
            Handle::EmptyBlock(block) => (Block::into_raw(block).cast(), None),
            Handle::Block(block) => (Block::into_raw(block).cast(), None),
            Handle::EmptyRun(run) => {
                let run = Run::into_raw(run);
                (run.cast(), Some(run.len()))
            }
            Handle::Run(run) => {
                let run = Run::into_raw(run);
                (run.cast(), Some(run.len()))
            }
            Handle::EmptyScatter(_) | Handle::Scatter(_) => return None,
        };
        let result = match count {
            // SAFETY: given up just now.
            None => unsafe { self.raw.free(&[first]) },
            // SAFETY: given up just now.
            Some(count) => unsafe { self.raw.free_contiguous(first, count) },
        };
        assert_eq!(result, Ok(()), "by address");
        self.model.give_back(held.blocks);
        Some(Outcome::Done)
    }

    pub(super) fn move_out(&mut self, place: u16) -> Option<Outcome> {
        let held = self.pick(place, |held| matches!(held.handle, Handle::Block(_)))?;
        let Handle::Block(block) = held.handle else {
            return None;
        };
        let value = Block::into_inner(block);
        self.model.give_back(held.blocks);
        // Free already, and the value not dropped yet.
        self.model.compare(self.raw);
        assert!(value::were_dropped::<B>(&[]), "a value that was moved out was dropped");
        assert!(value.has(held.stamps[0]), "another value was moved out");
        drop(value);
        assert!(value::were_dropped::<B>(&held.stamps), "a value was dropped not once");
        Some(Outcome::Done)
    }

    pub(super) fn drop_one(&mut self, place: u16) -> Option<Outcome> {
        let Held { handle, blocks, stamps } = self.pick(place, |_| true)?;
        drop(handle);
        assert!(value::were_dropped::<B>(&stamps), "each value is dropped once, in their order");
        let is_empty = blocks.is_empty();
        self.model.give_back(blocks);
        Some(if is_empty { Outcome::Empty } else { Outcome::Done })
    }

    pub(super) fn drop_all(&mut self, place: u16) -> Option<Outcome> {
        let was_empty = self.model.used() == 0;
        let mut place = place;
        while self.drop_one(place).is_some() {
            place = somewhere_else(place);
            self.model.compare(self.raw);
        }
        for block in mem::take(&mut self.lost) {
            // SAFETY: no handle owns the block, and whoever had a reference has it no more.
            let result = unsafe { self.raw.free(&[model::address(self.raw, block)]) };
            assert_eq!(result, Ok(()), "block {block}, which is nobody's");
            self.model.give_back([block]);
        }
        assert_eq!(self.model.used(), 0, "blocks that nobody has");
        (!was_empty).then_some(Outcome::Done)
    }
}
