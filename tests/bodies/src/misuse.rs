//! What comes of every misuse that a program can make: `docs/faults.md` has the list.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "the signature of a choice function")]

use core::cell::Cell;
use core::mem::{self, MaybeUninit};
use core::ops::{Bound, RangeBounds};
use core::ptr;

use mem_blocks::{
    AllocError, Block, ClaimError, FreeErrorKind, Group, GroupRun, MemBlocks, RawMemBlocks, Run,
    Scatter, mem_blocks,
};
use portable_atomic::{AtomicUsize, Ordering::Relaxed};

use crate::Test;

/// All of the module.
pub const TESTS: &[Test] = tests![
    a_second_free_is_refused_in_pools_of_every_size,
    an_address_that_wraps_around_is_refused_by_every_call,
    a_block_of_another_pool_is_refused_by_every_call,
    a_block_that_a_handle_owns_is_handed_out_by_no_call,
    a_range_that_wraps_around_is_out_of_range,
    counts_up_to_the_largest_number_have_an_answer,
    a_range_of_counts_that_was_iterated_to_its_end_exceeds_the_capacity,
    a_range_that_changes_its_answers_is_asked_once,
    a_forgotten_handle_of_any_kind_leaks_and_its_blocks_are_never_handed_out_again,
    a_leaked_block_can_be_given_back_by_address_once,
    the_address_of_a_run_of_no_blocks_gives_nothing_back,
    a_value_may_allocate_from_its_own_pool_while_it_is_made,
    a_value_may_allocate_from_its_own_pool_while_it_is_dropped,
    a_chain_of_blocks_of_one_pool_is_given_back_to_its_end,
    handles_that_are_swapped_go_back_to_their_own_pools,
    an_iterator_from_both_ends_yields_each_block_once,
    a_pool_in_a_constant_is_the_same_pool,
    a_value_that_borrows_for_a_shorter_time_is_not_there_afterwards,
    what_an_option_reaches_of_its_definition_is_an_address,
];

/// Why a block is not given back, and by which entry.
fn refusal(raw: &RawMemBlocks, blocks: &[*mut u8]) -> (usize, FreeErrorKind) {
    let used = raw.used();
    // SAFETY: nothing accesses the blocks; that the call is refused is what is tested.
    let error = unsafe { raw.free(blocks) }.unwrap_err();
    assert_eq!(raw.used(), used);
    raw.assert_valid();
    (error.entry(), error.kind())
}

fn a_second_free_is_refused_in_pools_of_every_size() {
    fn check<const N: usize>(pool: &'static MemBlocks<[u8; 3], N>) {
        let raw = pool.raw();
        let mut blocks = [ptr::null_mut(); 3];
        raw.alloc(&mut blocks).unwrap();
        // SAFETY: taken just now, and used by nobody.
        unsafe { raw.free(&blocks) }.unwrap();
        assert_eq!(refusal(raw, &blocks), (0, FreeErrorKind::NotAllocated));
        assert_eq!(refusal(raw, &blocks[2..]), (0, FreeErrorKind::NotAllocated));
        // SAFETY: nothing accesses the blocks.
        let error = unsafe { raw.free_contiguous(blocks[0], 3) }.unwrap_err();
        assert_eq!((error.entry(), error.kind()), (0, FreeErrorKind::NotAllocated));
        assert_eq!(pool.used(), 0);
    }
    #[mem_blocks]
    static ONE_WORD: MemBlocks<[u8; 3], 5>;
    #[mem_blocks]
    static WORDS: MemBlocks<[u8; 3], 40>;
    check(&ONE_WORD);
    check(&WORDS);
}

/// That no call but `owns` and `is_region_free` takes the address for one of a block.
fn assert_refused(raw: &RawMemBlocks, address: *mut u8) {
    assert!(!raw.owns(address) && !raw.is_region_free(address, 1));
    assert_eq!(refusal(raw, &[address]), (0, FreeErrorKind::NotInBuffer));
    for count in [1, 2, usize::MAX] {
        // SAFETY: nothing accesses the blocks; that the call is refused is what is tested.
        let error = unsafe { raw.free_contiguous(address, count) }.unwrap_err();
        assert_eq!((error.entry(), error.kind()), (0, FreeErrorKind::NotInBuffer));
        assert_eq!(raw.claim(address, count), Err(ClaimError::OutOfRange));
    }
}

fn an_address_that_wraps_around_is_refused_by_every_call() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 24], 40>;
    let raw = POOL.raw();
    let _all = POOL.claim(..).unwrap();
    let start = raw.buffer().cast::<u8>();
    // Below the buffer by whole blocks; half the address space away, and a block from there.
    let half = isize::MIN.unsigned_abs();
    for below in [24, 48, 40 * 24, half, half - 24, half + 24] {
        assert_refused(raw, start.wrapping_sub(below));
    }
    for address in [0, 1, usize::MAX, usize::MAX - 23] {
        assert_refused(raw, ptr::without_provenance_mut(address));
    }
    assert_eq!(POOL.used(), 40);
}

fn a_block_of_another_pool_is_refused_by_every_call() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 24], 4>;
    #[mem_blocks]
    static OTHER: MemBlocks<[u8; 24], 4>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], by_place);
    let _all = POOL.claim(..).unwrap();
    let block = Block::into_raw(OTHER.alloc().unwrap()).cast();
    assert_refused(POOL.raw(), block);
    // SAFETY: nothing accesses the block.
    let error = unsafe { GROUP.free(&[block]) }.unwrap_err();
    assert_eq!((error.entry(), error.kind()), (0, FreeErrorKind::NotInBuffer));
    assert_eq!((POOL.used(), OTHER.used()), (4, 1));
}

fn a_block_that_a_handle_owns_is_handed_out_by_no_call() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 33>;
    let raw = POOL.raw();
    let block = POOL.alloc().unwrap();
    let rest = POOL.claim(1..).unwrap();
    let address = Block::as_ptr(&block).cast();
    assert_eq!(raw.claim(address, 1), Err(ClaimError::Taken));
    assert_eq!(POOL.claim(0..1).unwrap_err(), ClaimError::Taken);
    assert_eq!(raw.alloc(&mut [ptr::null_mut()]), Err(AllocError::Exhausted));
    assert_eq!(raw.alloc_contiguous(1), Err(AllocError::Exhausted));
    assert!(POOL.alloc().is_err() && POOL.alloc_contiguous_in(1..=9).is_err());
    assert!(POOL.alloc_array::<1>().is_err() && POOL.alloc_scatter::<1>(1).is_err());
    drop((block, rest));
    assert_eq!(POOL.used(), 0);
}

fn a_range_that_wraps_around_is_out_of_range() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 8>;
    let behind_the_last = (Bound::Excluded(usize::MAX), Bound::Unbounded);
    let up_to_the_last = (Bound::Unbounded, Bound::Included(usize::MAX));
    let backwards = (Bound::Excluded(3), Bound::Excluded(3));
    for range in [behind_the_last, up_to_the_last, backwards] {
        assert_eq!(POOL.claim(range).unwrap_err(), ClaimError::OutOfRange);
        assert!(!POOL.is_free(range));
    }
    assert_eq!(POOL.used(), 0);
}

fn counts_up_to_the_largest_number_have_an_answer() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 40>;
    let first = POOL.raw().buffer().cast();
    for count in [41, usize::MAX / 2, usize::MAX / 2 + 2, usize::MAX] {
        assert_eq!(POOL.alloc_contiguous(count).unwrap_err(), AllocError::ExceedsCapacity);
        assert_eq!(POOL.alloc_scatter::<8>(count).unwrap_err(), AllocError::ExceedsCapacity);
        assert_eq!(POOL.raw().claim(first, count), Err(ClaimError::OutOfRange));
        assert!(!POOL.raw().is_region_free(first, count));
        let counts = count..=usize::MAX;
        assert_eq!(POOL.alloc_contiguous_in(counts).unwrap_err(), AllocError::ExceedsCapacity);
    }
    assert_eq!(POOL.alloc_contiguous_in(0..=usize::MAX).unwrap().len(), 40);
    assert_eq!(POOL.used(), 0);
}

fn a_range_of_counts_that_was_iterated_to_its_end_exceeds_the_capacity() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 8>;
    let mut counts = 2..=2;
    assert_eq!(counts.next(), Some(2));
    assert_eq!(POOL.alloc_contiguous_in(counts).unwrap_err(), AllocError::ExceedsCapacity);
}

fn a_range_that_changes_its_answers_is_asked_once() {
    /// Begins and ends at another block each time.
    struct Shifting {
        start: Cell<usize>,
        end: Cell<usize>,
        numbers: [usize; 8],
    }
    impl RangeBounds<usize> for Shifting {
        fn start_bound(&self) -> Bound<&usize> {
            self.start.set(self.start.get() + 1);
            Bound::Included(&self.numbers[self.start.get() - 1])
        }
        fn end_bound(&self) -> Bound<&usize> {
            self.end.set(self.end.get() + 1);
            Bound::Excluded(&self.numbers[8 - self.end.get()])
        }
    }
    #[mem_blocks]
    static POOL: MemBlocks<u16, 8>;
    let shifting = || Shifting {
        start: Cell::new(0),
        end: Cell::new(0),
        numbers: [2, 0, 1, usize::MAX, 9, 7, 3, 6],
    };
    assert!(POOL.is_free(shifting()));
    assert_eq!(Run::range(&POOL.claim(shifting()).unwrap()), 2..6);
    assert_eq!(POOL.used(), 0);
}

fn a_forgotten_handle_of_any_kind_leaks_and_its_blocks_are_never_handed_out_again() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 40>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], by_place);
    mem::forget(POOL.alloc().unwrap());
    mem::forget(POOL.alloc_array::<2>().unwrap());
    mem::forget(POOL.alloc_contiguous(3).unwrap());
    mem::forget(POOL.alloc_scatter::<4>(4).unwrap());
    mem::forget(POOL.claim(10..12).unwrap());
    mem::forget(GROUP.alloc(&0).unwrap());
    mem::forget(GROUP.alloc_contiguous(&0, 20).unwrap());
    assert_eq!(POOL.used(), 33);
    let rest = POOL.alloc_array::<7>().unwrap();
    assert!(POOL.alloc().is_err());
    drop(rest);
    assert_eq!(POOL.used(), 33);
}

fn a_leaked_block_can_be_given_back_by_address_once() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 4>;
    let leaked: *mut u8 = ptr::from_mut(Block::leak(POOL.alloc().unwrap())).cast();
    assert_eq!(POOL.used(), 1);
    // SAFETY: the reference is not used any more.
    unsafe { POOL.raw().free(&[leaked]) }.unwrap();
    assert_eq!(refusal(POOL.raw(), &[leaked]), (0, FreeErrorKind::NotAllocated));
}

fn the_address_of_a_run_of_no_blocks_gives_nothing_back() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 4>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], by_place);
    let raw = POOL.raw();
    let empty: *mut u8 = Run::into_raw(POOL.alloc_contiguous(0).unwrap()).cast();
    let end: *mut u8 = Run::into_raw(POOL.claim(4..4).unwrap()).cast();
    let of_no_member = GroupRun::into_raw(GROUP.alloc_contiguous(&0, 0).unwrap());
    for address in [empty, end, of_no_member] {
        // SAFETY: nothing is given back.
        assert_eq!(unsafe { raw.free_contiguous(address, 0) }, Ok(()));
        assert_eq!(refusal(raw, &[address]).0, 0);
    }
    assert_eq!(refusal(raw, &[end]), (0, FreeErrorKind::NotInBuffer));

    // Where the blocks begin, which is the address of the first.
    let first: *mut u8 = Block::into_raw(POOL.alloc().unwrap()).cast();
    assert_eq!(first, empty);
    // SAFETY: the block is ours, and nothing uses it.
    assert_eq!(unsafe { raw.free(&[empty]) }, Ok(()));
}

fn a_value_may_allocate_from_its_own_pool_while_it_is_made() {
    #[mem_blocks]
    static POOL: MemBlocks<usize, 3>;
    let one = || POOL.alloc_with(|| POOL.used()).map_or(10, |block| *block);
    let block = POOL.alloc_with(one).unwrap();
    assert_eq!((*block, POOL.used()), (2, 1));
    let _others = POOL.claim(1..).unwrap();
    drop(block);
    let block = POOL.alloc_with(one).unwrap();
    assert_eq!((*block, POOL.used()), (10, 3));
    drop(block);
    let run = Run::write_with(POOL.alloc_contiguous(1).unwrap(), |_| one());
    assert_eq!(*run, [10]);
    drop(run);
    let scatter = POOL.alloc_scatter::<1>(1).unwrap();
    let scatter = Scatter::write_with(scatter, |_| one());
    assert!(scatter.iter().eq(&[10]));
}

fn a_value_may_allocate_from_its_own_pool_while_it_is_dropped() {
    static GOT: AtomicUsize = AtomicUsize::new(0);
    struct Greedy(bool);
    #[mem_blocks]
    static POOL: MemBlocks<Greedy, 2>;
    impl Drop for Greedy {
        fn drop(&mut self) {
            if self.0 {
                // Its own block is not free yet.
                let got = POOL.alloc_array::<2>().is_ok();
                let other = POOL.alloc_with(|| Greedy(false)).is_ok();
                GOT.fetch_add(usize::from(got) * 10 + usize::from(other), Relaxed);
            }
        }
    }
    drop(POOL.alloc_with(|| Greedy(true)).unwrap());
    assert_eq!((GOT.load(Relaxed), POOL.used()), (1, 0));
    drop(Run::write_with(POOL.alloc_contiguous(2).unwrap(), |_| Greedy(true)));
    assert_eq!((GOT.load(Relaxed), POOL.used()), (1, 0));
}

fn a_chain_of_blocks_of_one_pool_is_given_back_to_its_end() {
    struct Link(Option<Block<Link>>);
    #[mem_blocks]
    static POOL: MemBlocks<Link, 8>;
    let mut chain = None;
    while let Ok(block) = POOL.alloc() {
        chain = Some(Block::write(block, Link(chain.take())));
    }
    assert_eq!(POOL.used(), 8);
    // All but the first, taken off from within.
    drop(chain.as_mut().and_then(|first| first.0.take()));
    assert_eq!(POOL.used(), 1);
    drop(chain);
    assert_eq!(POOL.used(), 0);
}

fn handles_that_are_swapped_go_back_to_their_own_pools() {
    #[mem_blocks]
    static LEFT: MemBlocks<u32, 4>;
    #[mem_blocks]
    static RIGHT: MemBlocks<u32, 40>;
    let mut left = LEFT.alloc_with(|| 1).unwrap();
    let mut right = RIGHT.alloc_with(|| 2).unwrap();
    mem::swap(&mut left, &mut right);
    assert_eq!((*left, *right), (2, 1));
    mem::swap(&mut *left, &mut *right);
    drop(left);
    assert_eq!((LEFT.used(), RIGHT.used()), (1, 0));
    // What stood there before is dropped.
    right = RIGHT.alloc_with(|| 3).unwrap();
    assert_eq!((LEFT.used(), RIGHT.used()), (0, 1));
    drop(right);

    let mut runs = (LEFT.alloc_contiguous(3).unwrap(), RIGHT.alloc_contiguous(35).unwrap());
    mem::swap(&mut runs.0, &mut runs.1);
    assert_eq!((runs.0.len(), runs.1.len()), (35, 3));
    drop(mem::replace(&mut runs.0, LEFT.alloc_contiguous(1).unwrap()));
    assert_eq!((LEFT.used(), RIGHT.used()), (4, 0));
}

fn an_iterator_from_both_ends_yields_each_block_once() {
    fn check(mut scatter: Scatter<MaybeUninit<u16>, 36>, count: usize) {
        let mut blocks = scatter.iter_mut();
        let mut seen = 0;
        while let Some(block) = if seen % 2 == 0 { blocks.next() } else { blocks.next_back() } {
            seen += 1;
            assert_eq!(blocks.len(), count - seen);
            block.write(1);
        }
        assert_eq!(seen, count);
        assert!(blocks.next().is_none() && blocks.next_back().is_none() && blocks.next().is_none());
        let starts = scatter.iter().map(MaybeUninit::as_ptr);
        assert!(starts.clone().zip(starts.skip(1)).all(|(block, next)| block < next));
        let all: usize = scatter.runs_mut().map(|run| run.len()).sum();
        assert_eq!(all, count);
    }
    #[mem_blocks]
    static POOL: MemBlocks<u16, 40>;
    let _held = POOL.claim(2..4).unwrap();
    check(POOL.alloc_scatter(9).unwrap(), 9);
    // Of no word alone.
    check(POOL.alloc_scatter(36).unwrap(), 36);
}

fn a_pool_in_a_constant_is_the_same_pool() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 4>;
    const POOL_AGAIN: &MemBlocks<u16, 4> = &POOL;
    const RAW: &RawMemBlocks = POOL.raw();
    const GROUP: Group<usize, 2> = Group::new([RAW, POOL_AGAIN.raw()], by_place);
    let blocks = (POOL.alloc().unwrap(), POOL_AGAIN.alloc().unwrap(), GROUP.alloc(&1).unwrap());
    assert_eq!((Block::index(&blocks.0), Block::index(&blocks.1), RAW.used()), (0, 1, 3));
    drop(blocks);
    assert_eq!(POOL.used(), 0);
}

fn a_value_that_borrows_for_a_shorter_time_is_not_there_afterwards() {
    #[mem_blocks]
    static POOL: MemBlocks<&'static u32, 1>;
    let local = 5;
    let mut block: Block<&u32> = POOL.alloc_with(|| &0).unwrap();
    *block = &local;
    assert_eq!(**block, 5);
    // Left where it is, in a pool of what lives for ever: nobody gets the block again.
    mem::forget(block);
    assert_eq!(POOL.alloc().unwrap_err(), AllocError::Exhausted);
}

#[allow(non_local_definitions, reason = "it is what is tried")]
fn what_an_option_reaches_of_its_definition_is_an_address() {
    trait Reach {
        fn reach() -> *mut u8;
    }
    struct Inside;
    #[mem_blocks(align = {
        impl Reach for Inside {
            fn reach() -> *mut u8 {
                __MEM_BLOCKS_BUFFER.as_ptr()
            }
        }
        4
    })]
    static POOL: MemBlocks<u32, 2>;
    assert_eq!(Inside::reach(), POOL.raw().buffer().cast());
}

/// A choice function that chooses by place.
fn by_place(members: &[&'static RawMemBlocks], place: &usize) -> Option<&'static RawMemBlocks> {
    members.get(*place).copied()
}
