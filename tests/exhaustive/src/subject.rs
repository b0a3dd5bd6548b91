//! A pool beside the state that it should be in.

use std::{
    fmt::{Arguments, Debug, Display},
    panic::{self, AssertUnwindSafe},
};

use mem_blocks::RawMemBlocks;

use crate::model::{Place, State};

/// A size that is no power of two, so that there is an odd part to divide by.
pub(crate) const SIZE: usize = 12;

/// What a block holds.
pub(crate) type Content = [u8; SIZE];

pub(crate) struct Subject {
    name: String,
    pool: &'static RawMemBlocks,
    state: State,
    cases: u64,
}

impl Subject {
    /// A pool of which all blocks are free. `word` is how many share a word.
    pub(crate) fn new(name: String, pool: &'static RawMemBlocks, word: usize) -> Self {
        let state = State::all(pool.num_blocks(), word).next().expect("the one with no bit set");
        Self { name, pool, state, cases: 0 }
    }

    pub(crate) fn pool(&self) -> &'static RawMemBlocks {
        self.pool
    }

    pub(crate) fn state(&self) -> State {
        self.state
    }

    pub(crate) fn cases(&self) -> u64 {
        self.cases
    }

    /// Calls `check` in every state that there is.
    pub(crate) fn in_every_state(&mut self, mut check: impl FnMut(&mut Self)) {
        for state in self.state.all_like() {
            self.put(state);
            check(self);
        }
    }

    /// Brings the pool to a state, block by block.
    pub(crate) fn put(&mut self, state: State) {
        for block in 0..state.blocks() {
            let address = self.address(block);
            match (self.state.is_taken(block), state.is_taken(block)) {
                (false, true) => assert_eq!(self.pool.claim(address, 1), Ok(())),
                (true, false) => {
                    // SAFETY: it was claimed here, or by a case that is over; nothing uses its content.
                    assert_eq!(unsafe { self.pool.free_contiguous(address, 1) }, Ok(()));
                }
                _ => {}
            }
        }
        self.expect(format_args!("the way there"), state);
    }

    /// One operation with one argument: it gives what is expected, and leaves the pool in that state.
    pub(crate) fn case<R: PartialEq + Debug>(
        &mut self,
        what: Arguments<'_>,
        expected: &R,
        after: State,
        operation: impl FnOnce() -> R,
    ) {
        self.cases += 1;
        match panic::catch_unwind(AssertUnwindSafe(operation)) {
            Ok(found) if found == *expected => {}
            Ok(found) => self.fail(what, &format_args!("expected {expected:?}, found {found:?}")),
            Err(_) => self.fail(what, &"panicked, as said above"),
        }
        self.expect(what, after);
    }

    /// What was done leaves the pool in this state.
    pub(crate) fn expect(&mut self, what: Arguments<'_>, after: State) {
        self.state = after;
        self.assert_state(what);
    }

    /// One operation with one argument that takes blocks for an owner: it takes those that are expected, and the owner
    /// gives them back.
    pub(crate) fn taking<H, E: Copy + PartialEq + Debug>(
        &mut self,
        what: Arguments<'_>,
        expected: &Result<Vec<usize>, E>,
        operation: impl FnOnce() -> Result<H, E>,
        blocks_of: impl FnOnce(&H) -> Vec<usize>,
    ) {
        let before = self.state;
        let after = expected.as_ref().map_or(before, |blocks| before.with(blocks));
        let mut owner = None;
        self.case(what, expected, after, || {
            let found = operation()?;
            let blocks = blocks_of(&found);
            owner = Some(found);
            Ok(blocks)
        });
        drop(owner);
        self.expect(format_args!("{what}, and its drop"), before);
    }

    /// The owner of these blocks is dropped.
    pub(crate) fn dropping(&mut self, what: Arguments<'_>, owner: impl Sized, blocks: &[usize]) {
        let after = self.state.without(blocks.iter().copied());
        self.case(what, &(), after, || drop(owner));
    }

    /// All blocks are as they should be.
    fn assert_state(&self, what: Arguments<'_>) {
        let is_free = |block| self.pool.is_region_free(self.address(block), 1);
        if (0..self.state.blocks()).any(|block| is_free(block) == self.state.is_taken(block)) {
            self.fail(what, &"a block is not as it should be afterwards");
        }
        if panic::catch_unwind(AssertUnwindSafe(|| self.pool.assert_valid())).is_err() {
            self.fail(what, &"the bitmap is not valid afterwards, as said above");
        }
    }

    #[cold]
    fn fail(&self, what: Arguments<'_>, how: &dyn Display) -> ! {
        let taken =
            (0..self.state.blocks()).map(|block| !self.pool.is_region_free(self.address(block), 1));
        panic!(
            "{}: {what}: {how}\n  the model has {:?}, the pool {:?}",
            self.name,
            self.state,
            taken.collect::<Vec<_>>()
        )
    }

    /// Where a block starts, or the buffer ends.
    pub(crate) fn address(&self, block: usize) -> *mut u8 {
        self.pool.buffer().cast::<u8>().wrapping_add(block * self.pool.block_size())
    }

    /// What lies at an address, by plain division.
    pub(crate) fn place(&self, address: *const u8) -> Place {
        let size = self.pool.block_size();
        match address.addr().checked_sub(self.address(0).addr()) {
            Some(offset) if offset < size * self.state.blocks() => {
                if offset % size == 0 {
                    Place::Block(offset / size)
                } else {
                    Place::Inside
                }
            }
            _ => Place::Outside,
        }
    }

    /// Numbers of blocks, of which some are too large to be one.
    pub(crate) fn counts(&self) -> impl Iterator<Item = usize> + Clone + use<> {
        let most = usize::MAX;
        // Of these, the sizes in bytes are, modulo what a number can be, those of one block and of less than two.
        let wrapping = [(1 << (usize::BITS - 2)) + 1, most / SIZE + 2];
        (0..=self.state.blocks() + 2).chain([most / 2, most - 1, most]).chain(wrapping)
    }
}

/// Calls `visit` with every list of up to `most` of these, in every order, with repetitions.
pub(crate) fn every_list<T: Copy>(of: &[T], most: usize, visit: &mut impl FnMut(&[T])) {
    longer(&mut Vec::with_capacity(most), of, most, visit);
}

fn longer<T: Copy>(list: &mut Vec<T>, of: &[T], most: usize, visit: &mut impl FnMut(&[T])) {
    visit(list);
    if list.len() < most {
        for &entry in of {
            list.push(entry);
            longer(list, of, most, visit);
            list.pop();
        }
    }
}

/// Calls `visit` with every order of these numbers below `count`.
pub(crate) fn every_order(count: usize, visit: &mut impl FnMut(&[usize])) {
    let numbers: Vec<usize> = (0..count).collect();
    every_list(&numbers, count, &mut |order| {
        let is_order = order.len() == count && numbers.iter().all(|number| order.contains(number));
        if is_order {
            visit(order);
        }
    });
}
