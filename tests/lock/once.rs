//! Every operation takes the lock once, however many blocks it is for, and not at all where there is nothing to do or
//! the answer is known without it.

use core::ptr;

use mem_blocks::{
    AllocError, Block, ClaimError, FreeErrorKind, Group, GroupBlock, GroupError, MemBlocks, Run,
    Scatter, choose, define_mem_blocks, mem_blocks,
};
use mem_blocks_lock_tests::takes;

#[test]
fn operations_on_one_block_take_the_lock_once() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;

    let block = takes(1, || POOL.alloc()).unwrap();
    takes(1, || drop(block));
    let block = takes(1, || POOL.alloc_with(|| [1; 12])).unwrap();
    assert_eq!(takes(1, || Block::into_inner(block)), [1; 12]);
    let all = POOL.claim(..).unwrap();
    assert_eq!(takes(1, || POOL.alloc()).unwrap_err(), AllocError::Exhausted);
    assert_eq!(takes(1, || POOL.alloc_with(|| [1; 12])).unwrap_err(), AllocError::Exhausted);
    drop(all);
}

#[test]
fn operations_on_several_blocks_take_the_lock_once() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;

    let blocks = takes(1, || POOL.alloc_array::<35>()).unwrap();
    assert_eq!(takes(1, || POOL.alloc_array::<6>()).unwrap_err(), AllocError::Exhausted);
    drop(blocks);
    let blocks = takes(1, || POOL.alloc_scatter::<40>(35)).unwrap();
    assert_eq!(takes(1, || POOL.alloc_scatter::<6>(6)).unwrap_err(), AllocError::Exhausted);
    takes(1, || drop(blocks));
    let run = takes(1, || POOL.alloc_contiguous(35)).unwrap();
    assert_eq!(takes(1, || POOL.alloc_contiguous(6)).unwrap_err(), AllocError::Exhausted);
    takes(1, || drop(run));
    let run = takes(1, || POOL.alloc_contiguous_in(2..=35)).unwrap();
    assert_eq!(takes(1, || POOL.alloc_contiguous_in(6..=9)).unwrap_err(), AllocError::Exhausted);
    takes(1, || drop(run));
    let run = takes(1, || POOL.claim(2..35)).unwrap();
    assert_eq!(takes(1, || POOL.claim(34..40)).unwrap_err(), ClaimError::Taken);
    takes(1, || drop(run));
}

#[test]
fn an_array_of_blocks_takes_the_lock_once_for_each_when_dropped_a_scatter_once() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;

    let array = POOL.alloc_array::<5>().unwrap();
    takes(5, || drop(array));
    let scatter = POOL.alloc_scatter::<5>(5).unwrap();
    takes(1, || drop(scatter));
}

#[test]
fn snapshots_take_the_lock_once() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;

    let run = POOL.claim(3..38).unwrap();
    assert!(!takes(1, || POOL.is_free(1..5)));
    assert_eq!(takes(1, || POOL.used()), 35);
    assert_eq!(takes(1, || POOL.available()), 5);
    assert_eq!(takes(1, || POOL.largest_free_run()), 3);
    assert!(!takes(1, || format!("{POOL:?}")).is_empty());
    drop(run);
}

#[test]
fn operations_by_address_take_the_lock_once() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;

    let raw = POOL.raw();
    let mut blocks = [ptr::null_mut(); 35];
    takes(1, || raw.alloc(&mut blocks)).unwrap();
    let mut more = [ptr::null_mut(); 6];
    assert_eq!(takes(1, || raw.alloc(&mut more)).unwrap_err(), AllocError::Exhausted);
    // SAFETY: refused for the last entry, so that nothing is freed.
    let error = takes(1, || unsafe { raw.free(&[blocks[0], blocks[1], blocks[1]]) }).unwrap_err();
    assert_eq!((error.entry(), error.kind()), (2, FreeErrorKind::ListedTwice));
    // SAFETY: allocated above, and not used.
    takes(1, || unsafe { raw.free(&blocks) }).unwrap();

    let first = takes(1, || raw.alloc_contiguous(35)).unwrap().as_ptr();
    assert_eq!(takes(1, || raw.alloc_contiguous(6)).unwrap_err(), AllocError::Exhausted);
    // SAFETY: refused, since block 35 is free.
    takes(1, || unsafe { raw.free_contiguous(first, 36) }).unwrap_err();
    // SAFETY: allocated above, and not used.
    takes(1, || unsafe { raw.free_contiguous(first, 35) }).unwrap();
    takes(1, || raw.claim(first, 35)).unwrap();
    assert_eq!(takes(1, || raw.claim(first, 35)).unwrap_err(), ClaimError::Taken);
    assert!(!takes(1, || raw.is_region_free(first, 35)));
    assert_eq!(takes(1, || raw.used()), 35);
    assert_eq!(takes(1, || raw.available()), 5);
    assert_eq!(takes(1, || raw.largest_free_run()), 5);
}

#[test]
fn operations_through_a_group_take_the_lock_once() {
    define_mem_blocks! {
        static SMALL: MemBlocks<[u8; 12], 40>;
        static LARGE: MemBlocks<[u8; 100], 40>;
    }
    static GROUP: Group<usize, 2> = Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit);

    let block = takes(1, || GROUP.alloc(&1)).unwrap();
    takes(1, || drop(block));
    let blocks = takes(1, || GROUP.alloc_array::<35>(&1)).unwrap();
    takes(35, || drop(blocks));
    let run = takes(1, || GROUP.alloc_contiguous(&1, 35)).unwrap();
    takes(1, || drop(run));

    let small = GroupBlock::into_raw(GROUP.alloc(&1).unwrap());
    let large = GroupBlock::into_raw(GROUP.alloc(&50).unwrap());
    // SAFETY: refused for the last entry, so that nothing is freed.
    takes(1, || unsafe { GROUP.free(&[small, large, ptr::null_mut()]) }).unwrap_err();
    // SAFETY: both blocks are ours and not used.
    takes(1, || unsafe { GROUP.free(&[small, large]) }).unwrap();

    let all = SMALL.claim(..).unwrap();
    let exhausted = GroupError::Alloc(AllocError::Exhausted);
    assert_eq!(takes(1, || GROUP.alloc(&1)).unwrap_err(), exhausted);
    drop(all);
}

#[test]
fn a_choice_by_what_is_free_takes_the_lock_once_more_for_each_member_that_fits() {
    define_mem_blocks! {
        static SMALL: MemBlocks<[u8; 12], 40>;
        static LARGE: MemBlocks<[u8; 100], 40>;
    }
    static GROUP: Group<usize, 2> =
        Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit_or_larger);

    let small = takes(1 + 2, || GROUP.alloc(&1)).unwrap();
    let large = takes(1 + 1, || GROUP.alloc(&50)).unwrap();
    takes(2, || drop((small, large)));
}

#[test]
fn nothing_is_locked_for_no_blocks() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit_or_larger);

    let raw = POOL.raw();
    takes(0, || POOL.alloc_array::<0>().map(drop)).unwrap();
    takes(0, || POOL.alloc_scatter::<3>(0).map(drop)).unwrap();
    takes(0, || POOL.alloc_contiguous(0).map(drop)).unwrap();
    takes(0, || POOL.alloc_contiguous_in(0..=0).map(drop)).unwrap();
    takes(0, || POOL.claim(3..3).map(drop)).unwrap();
    assert!(takes(0, || POOL.is_free(3..3)));
    takes(0, || raw.alloc(&mut [])).unwrap();
    takes(0, || raw.alloc_contiguous(0)).unwrap();
    takes(0, || raw.claim(ptr::null_mut(), 0)).unwrap();
    assert!(takes(0, || raw.is_region_free(ptr::null(), 0)));
    // SAFETY: nothing is freed.
    takes(0, || unsafe { raw.free(&[]) }).unwrap();
    // SAFETY: as above.
    takes(0, || unsafe { raw.free_contiguous(ptr::null_mut(), 0) }).unwrap();
    takes(0, || GROUP.alloc_array::<0>(&1).map(drop)).unwrap();
    takes(0, || GROUP.alloc_contiguous(&1, 0).map(drop)).unwrap();
    // SAFETY: as above.
    takes(0, || unsafe { GROUP.free(&[]) }).unwrap();
}

#[test]
fn what_can_never_succeed_is_refused_without_the_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit);

    let exceeds = AllocError::ExceedsCapacity;
    assert_eq!(takes(0, || POOL.alloc_array::<41>()).unwrap_err(), exceeds);
    assert_eq!(takes(0, || POOL.alloc_scatter::<41>(41)).unwrap_err(), exceeds);
    assert_eq!(takes(0, || POOL.alloc_scatter::<3>(4)).unwrap_err(), exceeds);
    assert_eq!(takes(0, || POOL.alloc_contiguous(41)).unwrap_err(), exceeds);
    assert_eq!(takes(0, || POOL.alloc_contiguous_in(41..=50)).unwrap_err(), exceeds);
    assert_eq!(takes(0, || POOL.claim(0..41)).unwrap_err(), ClaimError::OutOfRange);
    assert!(!takes(0, || POOL.is_free(0..41)));

    let raw = POOL.raw();
    let first = raw.buffer().cast::<u8>();
    let inner = first.wrapping_add(1);
    assert_eq!(takes(0, || raw.alloc(&mut [ptr::null_mut(); 41])).unwrap_err(), exceeds);
    assert_eq!(takes(0, || raw.alloc_contiguous(41)).unwrap_err(), exceeds);
    assert_eq!(takes(0, || raw.claim(first, 41)).unwrap_err(), ClaimError::OutOfRange);
    assert_eq!(takes(0, || raw.claim(inner, 1)).unwrap_err(), ClaimError::NotBlockStart);
    assert_eq!(takes(0, || raw.claim(ptr::null_mut(), 1)).unwrap_err(), ClaimError::OutOfRange);
    assert!(!takes(0, || raw.is_region_free(first, 41)));
    assert!(!takes(0, || raw.is_region_free(inner, 1)));
    // SAFETY: refused, so that nothing is freed.
    takes(0, || unsafe { raw.free_contiguous(first, 41) }).unwrap_err();
    // SAFETY: as above.
    takes(0, || unsafe { raw.free_contiguous(inner, 1) }).unwrap_err();

    let group_exceeds = GroupError::Alloc(exceeds);
    assert_eq!(takes(0, || GROUP.alloc_array::<41>(&1)).unwrap_err(), group_exceeds);
    assert_eq!(takes(0, || GROUP.alloc_contiguous(&1, 41)).unwrap_err(), group_exceeds);
    assert_eq!(takes(0, || GROUP.alloc(&13)).unwrap_err(), GroupError::NotChosen);
}

#[test]
fn what_is_only_about_a_handle_takes_no_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;

    let block = POOL.alloc_with(|| [1; 12]).unwrap();
    takes(0, || (Block::index(&block), Block::pool(&block), Block::as_ptr(&block)));
    let address = takes(0, || Block::into_raw(block));
    // SAFETY: from `into_raw` just now.
    let block = takes(0, || unsafe { Block::from_raw(&POOL, address) });
    let mut run = takes(1, || POOL.alloc_contiguous(5)).unwrap();
    let rest = takes(0, || Run::split_off(&mut run, 2));
    takes(0, || (Run::range(&run), Run::pool(&run), Run::as_ptr(&run)));
    let scatter = POOL.alloc_scatter::<5>(5).unwrap();
    takes(0, || (scatter.len(), scatter.runs().count(), scatter.iter().count()));
    takes(0, || POOL.raw().owns(address.cast()));
    takes(4, || drop((block, run, rest, scatter)));
    assert_eq!(POOL.used(), 0);
}

/// That the lock is released before the zeros are written is not seen here, where both are done when `alloc_zeroed`
/// returns. It follows from what is seen: writing zeros takes no lock, and `alloc_zeroed` is `alloc` and then that,
/// with one lock. `cargo xtask cost` shows it in numbers: as few instructions with interrupts off as for `alloc`.
#[test]
fn zeros_are_written_without_the_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;

    let block = POOL.alloc().unwrap();
    drop(takes(0, || Block::write_zeroed(block)));
    let run = POOL.alloc_contiguous(35).unwrap();
    drop(takes(0, || Run::write_zeroed(run)));
    let scatter = POOL.alloc_scatter::<35>(35).unwrap();
    drop(takes(0, || Scatter::write_zeroed(scatter)));
    assert_eq!(*takes(1, || POOL.alloc_zeroed()).unwrap(), [0; 12]);
}
