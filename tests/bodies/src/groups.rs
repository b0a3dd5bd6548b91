//! Groups: who is chosen, who serves, and who gets a block back.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "the signature of a choice function")]

use core::ptr;

use mem_blocks::{
    AddError, AllocError, Block, FreeErrorKind, Group, GroupBlock, GroupError, GroupRun, MemBlocks,
    RawMemBlocks, choose, mem_blocks,
};
use portable_atomic::{AtomicUsize, Ordering::Relaxed};

use crate::Test;

/// All of the module.
pub const TESTS: &[Test] = tests![
    a_handle_is_as_long_as_its_member_s_blocks_and_knows_the_member,
    the_smallest_block_that_fits_is_chosen,
    a_larger_block_is_chosen_while_the_fitting_ones_are_exhausted,
    no_choice_and_a_choice_from_outside_are_errors,
    nobody_is_asked_to_choose_for_a_count_of_zero,
    a_choice_that_was_overtaken_is_made_again,
    a_member_that_cannot_serve_says_why_and_takes_nothing,
    free_finds_the_member_of_each_address,
    free_of_several_with_one_bad_entry_frees_nothing_in_any_member,
    a_ninth_member_of_eight_is_an_error_and_changes_nothing,
    a_handle_outlives_its_group,
    a_run_of_a_group_is_freed_by_address_block_by_block_or_as_a_run,
    a_group_without_room_has_no_member_and_chooses_none,
    a_member_that_was_added_twice_is_one_allocator,
    a_choice_may_allocate_from_its_own_group,
    a_choice_that_changes_its_mind_for_ever_comes_to_an_end,
];

/// A choice function that chooses by place.
fn by_place(members: &[&'static RawMemBlocks], place: &usize) -> Option<&'static RawMemBlocks> {
    members.get(*place).copied()
}

fn a_handle_is_as_long_as_its_member_s_blocks_and_knows_the_member() {
    #[mem_blocks]
    static SMALL: MemBlocks<[u8; 24], 4>;
    #[mem_blocks]
    static LARGE: MemBlocks<[u32; 25], 4>;
    static GROUP: Group<usize, 2> = Group::new([SMALL.raw(), LARGE.raw()], by_place);
    let mut block = GROUP.alloc(&1).unwrap();
    assert_eq!(block.len(), 100);
    block[99].write(7);
    assert!(ptr::eq(GroupBlock::member(&block), LARGE.raw()));
    let blocks = GROUP.alloc_array::<2>(&0).unwrap();
    assert!(blocks.iter().all(|block| block.len() == 24));
    let run = GROUP.alloc_contiguous(&1, 3).unwrap();
    assert_eq!((run.len(), GroupRun::count(&run)), (300, 3));
    assert!(GroupRun::member(&run).is_some_and(|member| ptr::eq(member, LARGE.raw())));
    assert_eq!((SMALL.used(), LARGE.used()), (2, 4));
    drop((block, blocks, run));
    assert_eq!((SMALL.used(), LARGE.used()), (0, 0));
}

fn the_smallest_block_that_fits_is_chosen() {
    #[mem_blocks]
    static MEDIUM: MemBlocks<[u8; 100], 1>;
    #[mem_blocks]
    static SMALL: MemBlocks<[u8; 10], 1>;
    #[mem_blocks]
    static LARGE: MemBlocks<[u8; 1000], 1>;
    static GROUP: Group<usize, 3> =
        Group::new([MEDIUM.raw(), SMALL.raw(), LARGE.raw()], choose::smallest_fit);
    let len = |size| GROUP.alloc(&size).map(|block| block.len());
    assert_eq!([0, 10, 11, 100, 101, 1000].map(len), [10, 10, 100, 100, 1000, 1000].map(Ok));
    assert_eq!(len(1001), Err(GroupError::NotChosen));
    let _held = GROUP.alloc(&10).unwrap();
    assert_eq!(len(10), Err(GroupError::Alloc(AllocError::Exhausted)));
}

fn a_larger_block_is_chosen_while_the_fitting_ones_are_exhausted() {
    #[mem_blocks]
    static SMALL: MemBlocks<[u8; 10], 1>;
    #[mem_blocks]
    static LARGE: MemBlocks<[u8; 1000], 1>;
    static GROUP: Group<usize, 2> =
        Group::new([LARGE.raw(), SMALL.raw()], choose::smallest_fit_or_larger);
    let first = GROUP.alloc(&5).unwrap();
    let second = GROUP.alloc(&5).unwrap();
    assert_eq!((first.len(), second.len()), (10, 1000));
    assert_eq!(GROUP.alloc(&5).unwrap_err(), GroupError::Alloc(AllocError::Exhausted));
    assert_eq!(GROUP.alloc(&1001).unwrap_err(), GroupError::NotChosen);
    drop(first);
    assert_eq!(GROUP.alloc(&5).unwrap().len(), 10);
}

fn no_choice_and_a_choice_from_outside_are_errors() {
    #[mem_blocks]
    static MEMBER: MemBlocks<u8, 2>;
    #[mem_blocks]
    static STRANGER: MemBlocks<u8, 2>;
    #[expect(clippy::unnecessary_wraps, reason = "the signature of a choice function")]
    fn stranger(_: &[&'static RawMemBlocks], (): &()) -> Option<&'static RawMemBlocks> {
        Some(STRANGER.raw())
    }
    fn nobody(_: &[&'static RawMemBlocks], (): &()) -> Option<&'static RawMemBlocks> {
        None
    }
    static TO_STRANGER: Group<(), 2> = Group::new([MEMBER.raw()], stranger);
    static TO_NOBODY: Group<(), 2> = Group::new([MEMBER.raw()], nobody);
    for (group, error) in
        [(&TO_STRANGER, GroupError::NotAMember), (&TO_NOBODY, GroupError::NotChosen)]
    {
        assert_eq!(group.alloc(&()).unwrap_err(), error);
        assert_eq!(group.alloc_array::<1>(&()).unwrap_err(), error);
        assert_eq!(group.alloc_contiguous(&(), 1).unwrap_err(), error);
    }
    assert_eq!((MEMBER.used(), STRANGER.used()), (0, 0));
}

fn nobody_is_asked_to_choose_for_a_count_of_zero() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    #[mem_blocks]
    static MEMBER: MemBlocks<u8, 2>;
    fn counting(members: &[&'static RawMemBlocks], place: &usize) -> Option<&'static RawMemBlocks> {
        CALLS.fetch_add(1, Relaxed);
        by_place(members, place)
    }
    static GROUP: Group<usize, 1> = Group::new([MEMBER.raw()], counting);
    assert_eq!(GROUP.alloc_array::<0>(&0).unwrap().len(), 0);
    let run = GROUP.alloc_contiguous(&0, 0).unwrap();
    assert!(run.is_empty() && GroupRun::member(&run).is_none());
    // SAFETY: nothing is freed.
    assert_eq!(unsafe { GROUP.free(&[]) }, Ok(()));
    assert_eq!(CALLS.load(Relaxed), 0);
    drop(GROUP.alloc(&0).unwrap());
    assert_eq!(CALLS.load(Relaxed), 1);
}

fn a_choice_that_was_overtaken_is_made_again() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    #[mem_blocks]
    static SMALL: MemBlocks<[u8; 10], 1>;
    #[mem_blocks]
    static LARGE: MemBlocks<[u8; 100], 1>;
    // Chooses as if an interrupt took the last small block right after the first look.
    fn overtaken(members: &[&'static RawMemBlocks], stays: &bool) -> Option<&'static RawMemBlocks> {
        let call = CALLS.fetch_add(1, Relaxed);
        members.get(if *stays { 0 } else { call }).copied()
    }
    static GROUP: Group<bool, 2> = Group::new([SMALL.raw(), LARGE.raw()], overtaken);
    let _taken = SMALL.alloc().unwrap();
    let exhausted = Err(GroupError::Alloc(AllocError::Exhausted));
    let outcome = |stays| {
        CALLS.store(0, Relaxed);
        let len = GROUP.alloc(&stays).map(|block| block.len());
        (len, CALLS.load(Relaxed))
    };
    assert_eq!(outcome(false), (Ok(100), 2));
    assert_eq!(outcome(true), (exhausted, 2));
    let _both_taken = LARGE.alloc().unwrap();
    assert_eq!(outcome(false), (exhausted, 2));
}

fn a_member_that_cannot_serve_says_why_and_takes_nothing() {
    #[mem_blocks]
    static MEMBER: MemBlocks<u8, 2>;
    static GROUP: Group<usize, 1> = Group::new([MEMBER.raw()], by_place);
    let exceeds = GroupError::Alloc(AllocError::ExceedsCapacity);
    assert_eq!(GROUP.alloc_array::<3>(&0).unwrap_err(), exceeds);
    assert_eq!(GROUP.alloc_contiguous(&0, 3).unwrap_err(), exceeds);
    let _held = GROUP.alloc(&0).unwrap();
    let exhausted = GroupError::Alloc(AllocError::Exhausted);
    assert_eq!(GROUP.alloc_array::<2>(&0).unwrap_err(), exhausted);
    assert_eq!(GROUP.alloc_contiguous(&0, 2).unwrap_err(), exhausted);
    assert_eq!(MEMBER.used(), 1);
}

fn free_finds_the_member_of_each_address() {
    #[mem_blocks]
    static FIRST: MemBlocks<[u8; 12], 4>;
    #[mem_blocks]
    static SECOND: MemBlocks<[u8; 40], 40>;
    static GROUP: Group<usize, 2> = Group::new([FIRST.raw(), SECOND.raw()], by_place);
    let blocks = [0, 1, 0, 1, 1].map(|place| GroupBlock::into_raw(GROUP.alloc(&place).unwrap()));
    // SAFETY: given up just now.
    assert_eq!(unsafe { GROUP.free(&blocks) }, Ok(()));
    assert_eq!((FIRST.used(), SECOND.used()), (0, 0));
}

fn free_of_several_with_one_bad_entry_frees_nothing_in_any_member() {
    #[mem_blocks]
    static FIRST: MemBlocks<[u8; 12], 4>;
    #[mem_blocks]
    static SECOND: MemBlocks<[u8; 40], 4>;
    #[mem_blocks]
    static STRANGER: MemBlocks<[u8; 12], 4>;
    static GROUP: Group<usize, 2> = Group::new([FIRST.raw(), SECOND.raw()], by_place);
    let [a, b, c] = [0, 1, 0].map(|place| GroupBlock::into_raw(GROUP.alloc(&place).unwrap()));
    let mut strange = [ptr::null_mut()];
    STRANGER.raw().alloc(&mut strange).unwrap();
    let free_block = SECOND.raw().buffer().cast::<u8>().wrapping_add(80);
    for (bad, kind) in [
        (strange[0], FreeErrorKind::NotInBuffer),
        (ptr::null_mut(), FreeErrorKind::NotInBuffer),
        (b.wrapping_add(12), FreeErrorKind::NotBlockStart),
        (free_block, FreeErrorKind::NotAllocated),
        (a, FreeErrorKind::ListedTwice),
    ] {
        // SAFETY: nothing accesses the blocks; that the call is refused is what is tested.
        let error = unsafe { GROUP.free(&[a, b, c, bad]) }.unwrap_err();
        assert_eq!((error.entry(), error.kind()), (3, kind));
        assert_eq!((FIRST.used(), SECOND.used(), STRANGER.used()), (2, 1, 1));
    }
    // SAFETY: given up above.
    assert_eq!(unsafe { GROUP.free(&[b, a, c]) }, Ok(()));
}

fn a_ninth_member_of_eight_is_an_error_and_changes_nothing() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 2>;
    let mut group: Group<usize, 8> = Group::new([], by_place);
    assert_eq!(group.alloc(&0).unwrap_err(), GroupError::NotChosen);
    for _ in 0..8 {
        group.add(POOL.raw()).unwrap();
    }
    assert_eq!(group.add(POOL.raw()), Err(AddError::Full));
    assert_eq!(group.members().len(), 8);
    assert!(group.alloc(&7).is_ok());
}

fn a_handle_outlives_its_group() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 2>;
    let block = {
        let group: Group<usize, 1> = Group::new([POOL.raw()], by_place);
        group.alloc(&0).unwrap()
    };
    let address = GroupBlock::into_raw(block);
    // SAFETY: given up just now.
    drop(unsafe { GroupBlock::from_raw(POOL.raw(), address) });
    assert_eq!(POOL.used(), 0);
}

fn a_run_of_a_group_is_freed_by_address_block_by_block_or_as_a_run() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 6], 4>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], by_place);
    let first = GroupRun::into_raw(GROUP.alloc_contiguous(&0, 3).unwrap());
    // SAFETY: given up just now.
    unsafe { GROUP.free(&[first.wrapping_add(6)]) }.unwrap();
    // SAFETY: given up above.
    unsafe { POOL.raw().free_contiguous(first.wrapping_add(12), 1) }.unwrap();
    assert!(POOL.is_free(1..) && !POOL.is_free(..1));
}

fn a_group_without_room_has_no_member_and_chooses_none() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 2>;
    let mut group: Group<usize, 0> = Group::new([], by_place);
    assert_eq!(group.add(POOL.raw()), Err(AddError::Full));
    assert!(group.members().is_empty());
    assert_eq!(group.alloc(&0).unwrap_err(), GroupError::NotChosen);
    assert_eq!(group.alloc_contiguous(&0, 1).unwrap_err(), GroupError::NotChosen);
    let block = Block::into_raw(POOL.alloc().unwrap()).cast();
    // SAFETY: nothing accesses the block.
    let error = unsafe { group.free(&[block]) }.unwrap_err();
    assert_eq!((error.entry(), error.kind()), (0, FreeErrorKind::NotInBuffer));
    assert_eq!(POOL.used(), 1);
}

fn a_member_that_was_added_twice_is_one_allocator() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 6], 2>;
    let mut group: Group<usize, 3> = Group::new([POOL.raw()], by_place);
    group.add(POOL.raw()).unwrap();
    assert_eq!(group.members().len(), 2);
    let blocks = [0, 1].map(|place| GroupBlock::into_raw(group.alloc(&place).unwrap()));
    assert_ne!(blocks[0], blocks[1]);
    assert_eq!(group.alloc(&1).unwrap_err(), GroupError::Alloc(AllocError::Exhausted));
    // SAFETY: given up above.
    unsafe { group.free(&blocks) }.unwrap();
    // SAFETY: nothing accesses the blocks.
    let error = unsafe { group.free(&blocks) }.unwrap_err();
    assert_eq!((error.kind(), POOL.used()), (FreeErrorKind::NotAllocated, 0));
}

fn a_choice_may_allocate_from_its_own_group() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 3>;
    fn greedy(members: &[&'static RawMemBlocks], more: &usize) -> Option<&'static RawMemBlocks> {
        let less = more.checked_sub(1);
        let held = less.map(|less| GROUP.alloc(&less));
        held.is_none_or(|held| held.is_ok()).then(|| members[0])
    }
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], greedy);
    assert!(GROUP.alloc(&0).is_ok() && GROUP.alloc(&2).is_ok());
    assert_eq!(POOL.used(), 0);
    let _all = POOL.claim(..).unwrap();
    // The innermost one finds nothing, so nobody is chosen around it.
    assert_eq!(GROUP.alloc(&1).unwrap_err(), GroupError::NotChosen);
}

fn a_choice_that_changes_its_mind_for_ever_comes_to_an_end() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    #[mem_blocks]
    static LEFT: MemBlocks<u16, 1>;
    #[mem_blocks]
    static RIGHT: MemBlocks<u16, 1>;
    fn restless(members: &[&'static RawMemBlocks], (): &()) -> Option<&'static RawMemBlocks> {
        members.get(CALLS.fetch_add(1, Relaxed) % 2).copied()
    }
    static GROUP: Group<(), 2> = Group::new([LEFT.raw(), RIGHT.raw()], restless);
    let _both = (LEFT.alloc().unwrap(), RIGHT.alloc().unwrap());
    assert_eq!(GROUP.alloc(&()).unwrap_err(), GroupError::Alloc(AllocError::Exhausted));
    assert_eq!(CALLS.load(Relaxed), 2);
}
