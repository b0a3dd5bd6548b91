//! What takes no lock, whatever the size of the pool and whatever the core can do: where there is nothing to do, where
//! the answer is known without a look at the bitmap, and what is only about a handle or a value.

use core::ptr;

use mem_blocks::{
    AllocError, Block, ClaimError, Group, GroupError, MemBlocks, Run, Scatter, choose,
    define_mem_blocks, mem_blocks,
};
use mem_blocks_lock_tests::{alone, takes};

/// For pools of one word, of two, and of a word less some.
macro_rules! for_each_size {
    ($($name:ident: $test:ident, $blocks:literal;)*) => {
        $(
            #[test]
            fn $name() {
                $test!($blocks);
            }
        )*
    };
}

macro_rules! nothing_is_locked_for_no_blocks {
    ($blocks:literal) => {
        define_mem_blocks! {
            static POOL: MemBlocks<[u8; 12], $blocks>;
        }
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
    };
}

macro_rules! what_can_never_succeed_is_refused_without_the_lock {
    ($blocks:literal) => {
        define_mem_blocks! {
            static POOL: MemBlocks<[u8; 12], $blocks>;
        }
        static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit);
        const MORE: usize = $blocks + 1;

        let exceeds = AllocError::ExceedsCapacity;
        assert_eq!(takes(0, || POOL.alloc_array::<MORE>()).unwrap_err(), exceeds);
        assert_eq!(takes(0, || POOL.alloc_scatter::<MORE>(MORE)).unwrap_err(), exceeds);
        assert_eq!(takes(0, || POOL.alloc_scatter::<3>(4)).unwrap_err(), exceeds);
        assert_eq!(takes(0, || POOL.alloc_contiguous(MORE)).unwrap_err(), exceeds);
        assert_eq!(takes(0, || POOL.alloc_contiguous_in(MORE..=2 * MORE)).unwrap_err(), exceeds);
        assert_eq!(takes(0, || POOL.claim(0..MORE)).unwrap_err(), ClaimError::OutOfRange);
        assert!(!takes(0, || POOL.is_free(0..MORE)));

        let raw = POOL.raw();
        let first = raw.buffer().cast::<u8>();
        let inner = first.wrapping_add(1);
        let out_of_range = ClaimError::OutOfRange;
        assert_eq!(takes(0, || raw.alloc(&mut [ptr::null_mut(); MORE])).unwrap_err(), exceeds);
        assert_eq!(takes(0, || raw.alloc_contiguous(MORE)).unwrap_err(), exceeds);
        assert_eq!(takes(0, || raw.claim(first, MORE)).unwrap_err(), out_of_range);
        assert_eq!(takes(0, || raw.claim(inner, 1)).unwrap_err(), ClaimError::NotBlockStart);
        assert_eq!(takes(0, || raw.claim(ptr::null_mut(), 1)).unwrap_err(), out_of_range);
        assert!(!takes(0, || raw.is_region_free(first, MORE)));
        assert!(!takes(0, || raw.is_region_free(inner, 1)));
        // SAFETY: refused, so that nothing is freed.
        takes(0, || unsafe { raw.free_contiguous(first, MORE) }).unwrap_err();
        // SAFETY: as above.
        takes(0, || unsafe { raw.free_contiguous(inner, 1) }).unwrap_err();

        let group_exceeds = GroupError::Alloc(exceeds);
        assert_eq!(takes(0, || GROUP.alloc_array::<MORE>(&1)).unwrap_err(), group_exceeds);
        assert_eq!(takes(0, || GROUP.alloc_contiguous(&1, MORE)).unwrap_err(), group_exceeds);
        assert_eq!(takes(0, || GROUP.alloc(&13)).unwrap_err(), GroupError::NotChosen);
    };
}

for_each_size! {
    nothing_is_locked_for_no_blocks_of_a_word: nothing_is_locked_for_no_blocks, 20;
    nothing_is_locked_for_no_blocks_of_two_words: nothing_is_locked_for_no_blocks, 40;
    nothing_is_locked_for_no_blocks_of_many_words: nothing_is_locked_for_no_blocks, 1100;

    what_a_word_can_never_give_is_refused_without_the_lock:
        what_can_never_succeed_is_refused_without_the_lock, 20;
    what_two_words_can_never_give_is_refused_without_the_lock:
        what_can_never_succeed_is_refused_without_the_lock, 40;
    what_many_words_can_never_give_is_refused_without_the_lock:
        what_can_never_succeed_is_refused_without_the_lock, 1100;
}

#[test]
fn what_is_only_about_a_handle_takes_no_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;

    let _alone = alone();
    let block = POOL.alloc_with(|| [1; 12]).unwrap();
    takes(0, || (Block::index(&block), Block::pool(&block), Block::as_ptr(&block)));
    let address = takes(0, || Block::into_raw(block));
    // SAFETY: from `into_raw` just now.
    let block = takes(0, || unsafe { Block::from_raw(&POOL, address) });
    let mut run = POOL.alloc_contiguous(5).unwrap();
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

    let _alone = alone();
    let block = POOL.alloc().unwrap();
    drop(takes(0, || Block::write_zeroed(block)));
    let run = POOL.alloc_contiguous(35).unwrap();
    drop(takes(0, || Run::write_zeroed(run)));
    let scatter = POOL.alloc_scatter::<35>(35).unwrap();
    drop(takes(0, || Scatter::write_zeroed(scatter)));
    assert_eq!(*takes(1, || POOL.alloc_zeroed()).unwrap(), [0; 12]);
}
