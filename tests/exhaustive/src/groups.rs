//! What a `Group` does, with members of different numbers of words: in every pair of their states.

use std::{fmt::Arguments, ptr};

use mem_blocks::{
    Group, GroupBlock, GroupError, GroupRun, MemBlocks, RawMemBlocks, choose, define_mem_blocks,
};

use crate::{
    model::{self, Place, State},
    subject::{SIZE, Subject, every_list},
};

const LARGE_SIZE: usize = 20;

define_mem_blocks! {
    static SMALL: MemBlocks<[u8; SIZE], 2>;
    static LARGE: MemBlocks<[u8; LARGE_SIZE], 3>;
    static OTHER: MemBlocks<[u8; SIZE], 1>;
}

static GROUP: Group<usize, 2> = Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit);
static OR_LARGER: Group<usize, 2> =
    Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit_or_larger);
static NOBODY: Group<usize, 2> = Group::new([SMALL.raw(), LARGE.raw()], |_, _| None);
static STRANGER: Group<usize, 2> = Group::new([SMALL.raw(), LARGE.raw()], |_, _| Some(OTHER.raw()));

/// A member, and blocks of it. For no blocks, no member is chosen, and the first one stands here.
type Served = (usize, Vec<usize>);

/// The number of cases.
pub(crate) fn check(word: usize) -> u64 {
    let mut members = Members([SMALL.raw(), LARGE.raw()].map(|pool| {
        Subject::new(format!("the member with blocks of {} bytes", pool.block_size()), pool, word)
    }));
    let entries = members.entries();
    let [small, large] = members.states();
    for small in small.all_like() {
        for large in large.all_like() {
            let states = [small, large];
            members.put(states);
            for size in [0, 1, SIZE, SIZE + 1, LARGE_SIZE, LARGE_SIZE + 1, usize::MAX] {
                members.alloc(&GROUP, size, smallest_fit(size));
                members.alloc(&OR_LARGER, size, smallest_fit_or_larger(states, size));
                members.alloc(&NOBODY, size, Err(GroupError::NotChosen));
                members.alloc(&STRANGER, size, Err(GroupError::NotAMember));
            }
            every_list(&entries, small.blocks() + large.blocks(), &mut |list| members.free(list));
        }
    }
    members.0.iter().map(Subject::cases).sum()
}

/// The member with the smallest blocks of at least so many bytes.
fn smallest_fit(size: usize) -> Result<usize, GroupError> {
    [SIZE, LARGE_SIZE].iter().position(|&block| block >= size).ok_or(GroupError::NotChosen)
}

/// The same of those that have a free block, if one has.
fn smallest_fit_or_larger(states: [State; 2], size: usize) -> Result<usize, GroupError> {
    let fit = smallest_fit(size)?;
    let with_free = (fit..2).find(|&member| states[member].available() != 0);
    Ok(with_free.unwrap_or(fit))
}

struct Members([Subject; 2]);

impl Members {
    fn states(&self) -> [State; 2] {
        self.0.each_ref().map(Subject::state)
    }

    fn put(&mut self, states: [State; 2]) {
        for (member, state) in self.0.iter_mut().zip(states) {
            member.put(state);
        }
    }

    /// All blocks, an address in one of each member, and one that is none of theirs.
    fn entries(&self) -> Vec<(*mut u8, (usize, Place))> {
        let [small, large] = &self.0;
        let blocks = self
            .0
            .iter()
            .flat_map(|member| (0..member.state().blocks()).map(|block| member.address(block)));
        let inner = [small.address(0).wrapping_add(1), large.address(2).wrapping_add(SIZE)];
        let addresses = blocks.chain(inner).chain([OTHER.raw().buffer().cast()]);
        addresses.map(|address| (address, self.place(address))).collect()
    }

    fn place(&self, address: *const u8) -> (usize, Place) {
        let places = self.0.each_ref().map(|member| member.place(address));
        let member = usize::from(places[0] == Place::Outside);
        (member, places[member])
    }

    /// One case: the result, and the states of both.
    fn case<R: PartialEq + std::fmt::Debug>(
        &mut self,
        what: Arguments<'_>,
        expected: &R,
        after: [State; 2],
        operation: impl FnOnce() -> R,
    ) {
        let [small, large] = &mut self.0;
        small.case(what, expected, after[0], operation);
        large.expect(what, after[1]);
    }

    /// All that allocates by a group of which that member is chosen.
    fn alloc(&mut self, group: &Group<usize, 2>, size: usize, chosen: Result<usize, GroupError>) {
        let one = |block: &GroupBlock| served(Some(GroupBlock::member(block)), &[block.as_ptr()]);
        let expected = self.served(chosen, 1, State::alloc);
        self.taking(format_args!("group alloc"), &expected, || group.alloc(&size), one);
        self.array::<0>(group, size, chosen);
        self.array::<1>(group, size, chosen);
        self.array::<2>(group, size, chosen);
        self.array::<3>(group, size, chosen);
        self.array::<4>(group, size, chosen);
        for count in self.0[1].counts() {
            let run = |run: &GroupRun| {
                assert_eq!(GroupRun::count(run), count);
                let member = GroupRun::member(run);
                let size = member.map_or(0, RawMemBlocks::block_size);
                assert_eq!(run.len(), size * count);
                let addresses = (0..count).map(|block| run.as_ptr().wrapping_add(block * size));
                served(member, &addresses.collect::<Vec<_>>())
            };
            let expected = self.served(chosen, count, State::alloc_contiguous);
            let what = format_args!("group alloc_contiguous({count})");
            self.taking(what, &expected, || group.alloc_contiguous(&size, count), run);
        }
    }

    fn array<const K: usize>(
        &mut self,
        group: &Group<usize, 2>,
        size: usize,
        chosen: Result<usize, GroupError>,
    ) {
        let expected = self.served(chosen, K, State::alloc);
        let operation = || group.alloc_array::<K>(&size);
        self.taking(format_args!("group alloc_array::<{K}>"), &expected, operation, |blocks| {
            let addresses: Vec<_> = blocks.iter().map(|block| block.as_ptr()).collect();
            let sizes: Vec<_> = blocks.iter().map(|block| block.len()).collect();
            let member = blocks.first().map(GroupBlock::member);
            assert!(sizes.iter().all(|&size| Some(size) == member.map(RawMemBlocks::block_size)));
            assert!(blocks.iter().all(|block| ptr::eq(GroupBlock::member(block), member.unwrap())));
            served(member, &addresses)
        });
    }

    /// What the chosen member gives.
    fn served<E: Into<GroupError>>(
        &self,
        chosen: Result<usize, GroupError>,
        count: usize,
        request: impl FnOnce(&State, usize) -> Result<Vec<usize>, E>,
    ) -> Result<Served, GroupError> {
        if count == 0 {
            return Ok((0, Vec::new()));
        }
        let member = chosen?;
        let blocks = request(&self.states()[member], count).map_err(Into::into)?;
        Ok((member, blocks))
    }

    fn taking<H>(
        &mut self,
        what: Arguments<'_>,
        expected: &Result<Served, GroupError>,
        operation: impl FnOnce() -> Result<H, GroupError>,
        served: impl FnOnce(&H) -> Served,
    ) {
        let before = self.states();
        let mut after = before;
        if let Ok((member, blocks)) = expected {
            after[*member] = before[*member].with(blocks);
        }
        let mut owner = None;
        self.case(what, expected, after, || {
            let found = operation()?;
            let blocks = served(&found);
            owner = Some(found);
            Ok(blocks)
        });
        drop(owner);
        for (member, state) in self.0.iter_mut().zip(before) {
            member.expect(format_args!("{what}, and its drop"), state);
        }
    }

    fn free(&mut self, list: &[(*mut u8, (usize, Place))]) {
        let before = self.states();
        let addresses: Vec<*mut u8> = list.iter().map(|&(address, _)| address).collect();
        let expected = model::free(&before, &list.iter().map(|&(_, place)| place));
        let mut after = before;
        if expected.is_ok() {
            for &(_, (member, place)) in list {
                if let Place::Block(block) = place {
                    after[member] = after[member].without([block]);
                }
            }
        }
        self.case(format_args!("group free({list:?})"), &expected, after, || {
            // SAFETY: nothing uses the content of a block here, and nobody else frees one.
            let freed = unsafe { GROUP.free(&addresses) };
            freed.map_err(|error| (error.entry(), error.kind()))
        });
        if after != before {
            self.put(before);
        }
    }
}

fn served<T>(member: Option<&RawMemBlocks>, addresses: &[*const T]) -> Served {
    let Some(member) = member else {
        return (0, Vec::new());
    };
    let (start, size) = (member.buffer().cast::<u8>().addr(), member.block_size());
    let blocks = addresses.iter().map(|address| {
        let offset = address.addr() - start;
        assert_eq!(offset % size, 0, "a block starts there");
        offset / size
    });
    (usize::from(ptr::eq(member, LARGE.raw())), blocks.collect())
}
