//! What a `Group` does, with members of different numbers of words: in every pair of their states.

use std::{fmt::Arguments, ptr};

use mem_blocks::{
    AddError, Group, GroupBlock, GroupError, GroupRun, MemBlocks, RawMemBlocks, choose,
    define_mem_blocks,
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
    let filled = filled();
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
            every_list(&entries, small.blocks() + large.blocks(), &mut |list| {
                members.free(&GROUP, 2, list);
            });
            for (count, group) in filled.iter().enumerate() {
                for size in [0, SIZE, SIZE + 1, LARGE_SIZE, LARGE_SIZE + 1] {
                    let chosen = smallest_fit(size).ok().filter(|&member| member < count);
                    members.alloc(group, size, chosen.ok_or(GroupError::NotChosen));
                }
                every_list(&entries, 3, &mut |list| members.free(group, count, list));
            }
        }
    }
    members.0.iter().map(Subject::cases).sum()
}

/// Groups that are filled one by one: so far with no member, one, and both; and one where another was refused.
fn filled() -> [Group<usize, 2>; 4] {
    let mut groups = [const { Group::new([], choose::smallest_fit) }; 4];
    for (count, group) in groups.iter_mut().enumerate() {
        for (place, member) in [SMALL.raw(), LARGE.raw(), OTHER.raw()][..count].iter().enumerate() {
            let expected = if place < 2 { Ok(()) } else { Err(AddError::Full) };
            assert_eq!(group.add(member), expected, "add");
            assert_eq!(group.members().len(), 2.min(place + 1), "the members after add");
        }
    }
    groups
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
            if let Ok((member, blocks)) = expected {
                self.give_up(group, member, &blocks, || {
                    GroupRun::into_raw(group.alloc_contiguous(&size, count).unwrap())
                });
            }
        }
        if let Ok((member, blocks)) = expected {
            let give_up = || GroupBlock::into_raw(group.alloc(&size).unwrap());
            self.give_up(group, member, &blocks, give_up);
            self.give_up(group, member, &blocks, || {
                // SAFETY: given up just now.
                let again = unsafe { GroupBlock::from_raw(group.members()[member], give_up()) };
                GroupBlock::into_raw(again)
            });
        }
    }

    /// Blocks whose handle is given up stay taken, until they are given back by address.
    fn give_up(
        &mut self,
        group: &Group<usize, 2>,
        member: usize,
        blocks: &[usize],
        give_up: impl FnOnce() -> *mut u8,
    ) {
        let before = self.states();
        let addresses: Vec<*mut u8> =
            blocks.iter().map(|&block| self.0[member].address(block)).collect();
        let mut after = before;
        after[member] = before[member].with(blocks);
        let first = addresses.first().copied();
        self.case(format_args!("group into_raw of {blocks:?}"), &first, after, || {
            // An empty run is nowhere.
            Some(give_up()).filter(|_| !blocks.is_empty())
        });
        self.case(format_args!("group free of {blocks:?}"), &Ok(()), before, || {
            // SAFETY: given up above, and nothing uses their content.
            unsafe { group.free(&addresses) }
        });
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

    /// `free` by a group that has the first `count` of them.
    fn free(&mut self, group: &Group<usize, 2>, count: usize, list: &[(*mut u8, (usize, Place))]) {
        let before = self.states();
        let addresses: Vec<*mut u8> = list.iter().map(|&(address, _)| address).collect();
        let places = list.iter().map(|&(_, (member, place))| {
            (member, if member < count { place } else { Place::Outside })
        });
        let expected = model::free(&before, &places);
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
            let freed = unsafe { group.free(&addresses) };
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
