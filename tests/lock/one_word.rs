//! Pools of up to 32 blocks never take the lock; where the core has no compare-and-swap, once for each word that
//! changes, however many blocks that is for, and never for a look at it.

use core::ptr;

use mem_blocks::{
    AllocError, Block, ClaimError, FreeErrorKind, Group, GroupBlock, GroupError, MemBlocks, Run,
    choose, define_mem_blocks, mem_blocks,
};
use mem_blocks_lock_tests::{EXCHANGE, takes, takes_up_to};

#[test]
fn operations_on_one_block_are_one_exchange() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 32>;

    let block = takes(EXCHANGE, || POOL.alloc()).unwrap();
    takes(EXCHANGE, || drop(block));
    let block = takes(EXCHANGE, || POOL.alloc_with(|| [1; 12])).unwrap();
    assert_eq!(takes(EXCHANGE, || Block::into_inner(block)), [1; 12]);
    drop(takes(EXCHANGE, || POOL.alloc_zeroed()).unwrap());
    let all = POOL.claim(..).unwrap();
    assert_eq!(takes_up_to(EXCHANGE, || POOL.alloc()).unwrap_err(), AllocError::Exhausted);
    let refused = takes_up_to(EXCHANGE, || POOL.alloc_with(|| [1; 12]));
    assert_eq!(refused.unwrap_err(), AllocError::Exhausted);
    drop(all);
}

#[test]
fn operations_on_several_blocks_are_one_exchange() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 30>;

    let exhausted = AllocError::Exhausted;
    let blocks = takes(EXCHANGE, || POOL.alloc_array::<25>()).unwrap();
    assert_eq!(takes_up_to(EXCHANGE, || POOL.alloc_array::<6>()).unwrap_err(), exhausted);
    // Each has a handle of its own.
    takes(25 * EXCHANGE, || drop(blocks));
    let blocks = takes(EXCHANGE, || POOL.alloc_scatter::<30>(25)).unwrap();
    assert_eq!(takes_up_to(EXCHANGE, || POOL.alloc_scatter::<6>(6)).unwrap_err(), exhausted);
    takes(EXCHANGE, || drop(blocks));
    let run = takes(EXCHANGE, || POOL.alloc_contiguous(25)).unwrap();
    assert_eq!(takes_up_to(EXCHANGE, || POOL.alloc_contiguous(6)).unwrap_err(), exhausted);
    takes(EXCHANGE, || drop(run));
    let run = takes(EXCHANGE, || POOL.alloc_contiguous_in(2..=25)).unwrap();
    assert_eq!(takes_up_to(EXCHANGE, || POOL.alloc_contiguous_in(6..=9)).unwrap_err(), exhausted);
    takes(EXCHANGE, || drop(run));
    let run = takes(EXCHANGE, || POOL.claim(2..25)).unwrap();
    assert_eq!(takes_up_to(EXCHANGE, || POOL.claim(24..30)).unwrap_err(), ClaimError::Taken);
    takes(EXCHANGE, || drop(run));
}

#[test]
fn snapshots_are_a_load() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 30>;

    let run = POOL.claim(3..28).unwrap();
    assert!(!takes(0, || POOL.is_free(1..5)));
    assert_eq!(takes(0, || POOL.used()), 25);
    assert_eq!(takes(0, || POOL.available()), 5);
    assert_eq!(takes(0, || POOL.largest_free_run()), 3);
    assert!(!takes(0, || format!("{POOL:?}")).is_empty());
    assert!(!takes(0, || POOL.raw().is_region_free(Run::as_ptr(&run).cast(), 25)));
    drop(run);
}

#[test]
fn operations_by_address_are_one_exchange() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 30>;

    let raw = POOL.raw();
    let mut blocks = [ptr::null_mut(); 25];
    takes(EXCHANGE, || raw.alloc(&mut blocks)).unwrap();
    let mut more = [ptr::null_mut(); 6];
    assert_eq!(takes_up_to(EXCHANGE, || raw.alloc(&mut more)).unwrap_err(), AllocError::Exhausted);
    let list = [blocks[0], blocks[1], blocks[1]];
    // SAFETY: refused for the last entry, so that nothing is freed.
    let error = takes_up_to(EXCHANGE, || unsafe { raw.free(&list) }).unwrap_err();
    assert_eq!((error.entry(), error.kind()), (2, FreeErrorKind::ListedTwice));
    // SAFETY: allocated above, and not used.
    takes(EXCHANGE, || unsafe { raw.free(&blocks[1..]) }).unwrap();
    // SAFETY: as above.
    takes(EXCHANGE, || unsafe { raw.free(&blocks[..1]) }).unwrap();
    // SAFETY: refused, as it is free.
    takes_up_to(EXCHANGE, || unsafe { raw.free(&blocks[..1]) }).unwrap_err();

    let first = takes(EXCHANGE, || raw.alloc_contiguous(25)).unwrap().as_ptr();
    let refused = takes_up_to(EXCHANGE, || raw.alloc_contiguous(6));
    assert_eq!(refused.unwrap_err(), AllocError::Exhausted);
    // SAFETY: refused, since block 25 is free.
    takes_up_to(EXCHANGE, || unsafe { raw.free_contiguous(first, 26) }).unwrap_err();
    // SAFETY: allocated above, and not used.
    takes(EXCHANGE, || unsafe { raw.free_contiguous(first, 25) }).unwrap();
    takes(EXCHANGE, || raw.claim(first, 25)).unwrap();
    assert_eq!(takes_up_to(EXCHANGE, || raw.claim(first, 25)).unwrap_err(), ClaimError::Taken);
}

#[test]
fn operations_through_a_group_are_one_exchange() {
    define_mem_blocks! {
        static SMALL: MemBlocks<[u8; 12], 30>;
        static LARGE: MemBlocks<[u8; 100], 30>;
    }
    static GROUP: Group<usize, 2> =
        Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit_or_larger);

    let block = takes(EXCHANGE, || GROUP.alloc(&1)).unwrap();
    takes(EXCHANGE, || drop(block));
    let blocks = takes(EXCHANGE, || GROUP.alloc_array::<25>(&1)).unwrap();
    takes(25 * EXCHANGE, || drop(blocks));
    let run = takes(EXCHANGE, || GROUP.alloc_contiguous(&1, 25)).unwrap();
    takes(EXCHANGE, || drop(run));

    let small = GroupBlock::into_raw(GROUP.alloc(&1).unwrap());
    let large = GroupBlock::into_raw(GROUP.alloc(&50).unwrap());
    // SAFETY: refused for the last entry, so that nothing is freed.
    takes(0, || unsafe { GROUP.free(&[small, large, ptr::null_mut()]) }).unwrap_err();
    // SAFETY: both blocks are ours and not used. Each is in another word.
    takes(2 * EXCHANGE, || unsafe { GROUP.free(&[small, large]) }).unwrap();

    let all = (SMALL.claim(..).unwrap(), LARGE.claim(..).unwrap());
    // Asked once for each member at most.
    let refused = takes_up_to(2 * EXCHANGE, || GROUP.alloc(&1));
    assert_eq!(refused.unwrap_err(), GroupError::Alloc(AllocError::Exhausted));
    drop(all);
}
