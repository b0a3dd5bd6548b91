//! Pools of more than 32 blocks work in short steps under the lock. How many those are depends on the words that change
//! and on nothing else: not on the size of the pool, nor on how many blocks of a word it is for. On any core: a
//! compare-and-swap makes no difference.

use core::ptr;

use mem_blocks::{
    AllocError, Block, ClaimError, FreeErrorKind, Group, GroupBlock, GroupError, MemBlocks, Run,
    choose, define_mem_blocks, mem_blocks,
};
use mem_blocks_lock_tests::{alone, counted, takes};

/// Beginning, and then a change of one word, or to see that nothing has changed since a refusal.
const ONE_WORD: u32 = 2;

/// To find that there is none, to begin, and to see that nothing has changed since.
const NONE_LEFT: u32 = 3;

/// To begin, to announce a change, and to see that it is done; and, for each step of it, what it is and doing it. A list
/// has a step for each block, a range one for each word.
const fn steps(count: u32) -> u32 {
    3 + 2 * count
}

/// A test for two words without a level above them in use, for several words with one, for many with two.
macro_rules! for_each_size {
    ($($name:ident: $test:ident, $blocks:literal;)*) => {
        $(
            #[test]
            fn $name() {
                define_mem_blocks! {
                    static POOL: MemBlocks<[u8; 12], $blocks>;
                }
                let _alone = alone();
                $test(&POOL);
            }
        )*
    };
}

for_each_size! {
    one_block_of_two_words_takes_the_lock_once: one_block, 40;
    one_block_of_some_words_takes_the_lock_once: one_block, 320;
    one_block_of_many_words_takes_the_lock_once: one_block, 1100;

    several_blocks_in_a_word_of_two_are_a_constant: in_a_word, 40;
    several_blocks_in_a_word_of_some_are_a_constant: in_a_word, 320;
    several_blocks_in_a_word_of_many_are_a_constant: in_a_word, 1100;

    two_of_two_words_are_a_step_each: two_words, 64;
    two_of_some_words_are_a_step_each: two_words, 320;
    two_of_many_words_are_a_step_each: two_words, 1100;

    snapshots_of_two_words_are_a_constant: snapshots, 40;
    snapshots_of_some_words_are_a_constant: snapshots, 320;
    snapshots_of_many_words_are_a_constant: snapshots, 1100;
}

fn one_block<const N: usize>(pool: &'static MemBlocks<[u8; 12], N>) {
    // Wherever the lowest free one is.
    for held in [0, 1, 31, 32, N - 1] {
        let held = pool.claim(..held).unwrap();
        let block = takes(1, || pool.alloc()).unwrap();
        takes(1, || drop(block));
        let block = takes(1, || pool.alloc_with(|| [1; 12])).unwrap();
        assert_eq!(takes(1, || Block::into_inner(block)), [1; 12]);
        drop(takes(1, || pool.alloc_zeroed()).unwrap());
        drop(held);
    }
    let all = pool.claim(..).unwrap();
    let exhausted = AllocError::Exhausted;
    // A last word with bits to spare is never called full: that it is, is found under the lock.
    let none_left = if N % 32 == 0 { NONE_LEFT - 1 } else { NONE_LEFT };
    assert_eq!(takes(none_left, || pool.alloc()).unwrap_err(), exhausted);
    assert_eq!(takes(none_left, || pool.alloc_with(|| [1; 12])).unwrap_err(), exhausted);
    drop(all);
}

fn in_a_word<const N: usize>(pool: &'static MemBlocks<[u8; 12], N>) {
    let array = takes(ONE_WORD, || pool.alloc_array::<20>()).unwrap();
    // Each has a handle of its own.
    takes(20, || drop(array));
    let scatter = takes(ONE_WORD, || pool.alloc_scatter::<20>(20)).unwrap();
    takes(1, || drop(scatter));
    let run = takes(ONE_WORD, || pool.alloc_contiguous(20)).unwrap();
    takes(1, || drop(run));
    let run = takes(ONE_WORD, || pool.alloc_contiguous_in(2..=20)).unwrap();
    takes(1, || drop(run));
    let run = takes(ONE_WORD, || pool.claim(5..25)).unwrap();
    assert_eq!(takes(ONE_WORD, || pool.claim(20..30)).unwrap_err(), ClaimError::Taken);
    takes(1, || drop(run));

    let raw = pool.raw();
    let mut blocks = [ptr::null_mut(); 20];
    takes(ONE_WORD, || raw.alloc(&mut blocks)).unwrap();
    let list = [blocks[0], blocks[1], blocks[1]];
    // SAFETY: refused for the last entry, so that nothing is freed.
    let error = takes(ONE_WORD, || unsafe { raw.free(&list) }).unwrap_err();
    assert_eq!((error.entry(), error.kind()), (2, FreeErrorKind::ListedTwice));
    // SAFETY: allocated above, and not used.
    takes(ONE_WORD, || unsafe { raw.free(&blocks) }).unwrap();
    let first = takes(ONE_WORD, || raw.alloc_contiguous(20)).unwrap().as_ptr();
    // SAFETY: refused, since block 20 is free.
    takes(ONE_WORD, || unsafe { raw.free_contiguous(first, 21) }).unwrap_err();
    // SAFETY: allocated above, and not used.
    takes(ONE_WORD, || unsafe { raw.free_contiguous(first, 20) }).unwrap();
}

fn two_words<const N: usize>(pool: &'static MemBlocks<[u8; 12], N>) {
    // Some of each word, or all of both.
    for range in [20..45, 31..33, 0..64] {
        let run = takes(steps(2), || pool.claim(range.clone())).unwrap();
        assert_eq!(takes(ONE_WORD, || pool.claim(range.clone())).unwrap_err(), ClaimError::Taken);
        takes(2, || drop(run));
    }
    // Of the second word as of the first, though each has some of its own.
    let run = takes(steps(2), || pool.alloc_contiguous(45)).unwrap();
    takes(2, || drop(run));
    let run = takes(steps(2), || pool.alloc_contiguous_in(33..=45)).unwrap();
    takes(2, || drop(run));
    let raw = pool.raw();
    let first = takes(steps(2), || raw.alloc_contiguous(45)).unwrap().as_ptr();
    assert_eq!(takes(ONE_WORD, || raw.claim(first, 45)).unwrap_err(), ClaimError::Taken);
    // SAFETY: allocated above, and not used.
    takes(steps(2), || unsafe { raw.free_contiguous(first, 45) }).unwrap();

    // No word is looked at for them: none is as long. Of blocks that stand in a list, each is a step.
    let array = takes(steps(35), || pool.alloc_array::<35>()).unwrap();
    takes(35, || drop(array));
    let scatter = takes(steps(35), || pool.alloc_scatter::<35>(35)).unwrap();
    takes(35, || drop(scatter));
    let mut blocks = [ptr::null_mut(); 35];
    takes(steps(35), || raw.alloc(&mut blocks)).unwrap();
    // SAFETY: allocated above, and not used.
    takes(steps(35), || unsafe { raw.free(&blocks) }).unwrap();
}

fn snapshots<const N: usize>(pool: &'static MemBlocks<[u8; 12], N>) {
    let run = pool.claim(3..38).unwrap();
    assert!(!takes(ONE_WORD, || pool.is_free(1..5)));
    assert!(!takes(ONE_WORD, || pool.is_free(..)));
    assert_eq!(takes(ONE_WORD, || pool.used()), 35);
    assert_eq!(takes(ONE_WORD, || pool.available()), N - 35);
    assert_eq!(takes(ONE_WORD, || pool.largest_free_run()), 3.max(N - 38));
    assert!(!takes(ONE_WORD, || format!("{pool:?}")).is_empty());
    let first = Run::as_ptr(&run).cast();
    assert!(!takes(ONE_WORD, || pool.raw().is_region_free(first, 35)));
    drop(run);
}

#[test]
fn a_range_takes_the_lock_in_proportion_to_its_words() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 1100>;

    let _alone = alone();
    // From one word to the next, as much is added each time.
    let of = |words: u32| {
        let (run, taken) = counted(|| POOL.claim(..32 * words as usize));
        (taken, counted(|| drop(run)).1)
    };
    let (taken, freed) = of(2);
    for more in 1..33 {
        assert_eq!(of(2 + more), (taken + 2 * more, freed + more), "{more} words more");
    }
}

#[test]
fn what_is_refused_for_want_of_blocks_is_a_constant() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 1100>;

    let _alone = alone();
    let exhausted = AllocError::Exhausted;
    let held = POOL.claim(10..1090).unwrap();
    // To see that no word has them, and that all together have not; and that nothing has changed since.
    assert_eq!(takes(3, || POOL.alloc_array::<21>()).unwrap_err(), exhausted);
    assert_eq!(takes(3, || POOL.alloc_scatter::<21>(21)).unwrap_err(), exhausted);
    assert_eq!(takes(3, || POOL.raw().alloc(&mut [ptr::null_mut(); 21])), Err(exhausted));
    assert_eq!(takes(ONE_WORD, || POOL.alloc_contiguous(11)).unwrap_err(), exhausted);
    assert_eq!(takes(ONE_WORD, || POOL.alloc_contiguous_in(11..=900)).unwrap_err(), exhausted);
    assert_eq!(takes(ONE_WORD, || POOL.claim(..)).unwrap_err(), ClaimError::Taken);
    drop(held);
}

#[test]
fn operations_through_a_group_are_those_of_the_member() {
    define_mem_blocks! {
        static SMALL: MemBlocks<[u8; 12], 40>;
        static LARGE: MemBlocks<[u8; 100], 40>;
    }
    static GROUP: Group<usize, 2> = Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit);

    let _alone = alone();
    let block = takes(ONE_WORD, || GROUP.alloc(&1)).unwrap();
    takes(1, || drop(block));
    let blocks = takes(ONE_WORD, || GROUP.alloc_array::<25>(&1)).unwrap();
    takes(25, || drop(blocks));
    let run = takes(steps(2), || GROUP.alloc_contiguous(&1, 35)).unwrap();
    takes(2, || drop(run));

    let small = GroupBlock::into_raw(GROUP.alloc(&1).unwrap());
    let large = GroupBlock::into_raw(GROUP.alloc(&50).unwrap());
    // SAFETY: refused for the last entry, so that nothing is freed. It belongs to no member, whatever is taken.
    takes(0, || unsafe { GROUP.free(&[small, large, ptr::null_mut()]) }).unwrap_err();
    // SAFETY: both blocks are ours and not used. Each is in another word.
    takes(2 * ONE_WORD, || unsafe { GROUP.free(&[small, large]) }).unwrap();

    let all = SMALL.claim(..).unwrap();
    // The choice is made again, and is the same: which is not tried again.
    let refused = takes(NONE_LEFT, || GROUP.alloc(&1));
    assert_eq!(refused.unwrap_err(), GroupError::Alloc(AllocError::Exhausted));
    drop(all);
}

#[test]
fn a_choice_by_what_is_free_is_a_snapshot_more_for_each_member_that_fits() {
    define_mem_blocks! {
        static SMALL: MemBlocks<[u8; 12], 40>;
        static LARGE: MemBlocks<[u8; 100], 40>;
    }
    static GROUP: Group<usize, 2> =
        Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit_or_larger);

    let _alone = alone();
    let small = takes(ONE_WORD + 2 * ONE_WORD, || GROUP.alloc(&1)).unwrap();
    let large = takes(ONE_WORD + ONE_WORD, || GROUP.alloc(&50)).unwrap();
    takes(2, || drop((small, large)));
}
