//! What goes wrong in code of the user's: panics that unwind through the crate, wherever it calls such
//! code and whatever is held meanwhile. `docs/faults.md` has the list.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "the signature of a choice function")]

use std::env;
use std::fmt;
use std::mem::MaybeUninit;
use std::ops::{Bound, RangeBounds};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;

use mem_blocks::{
    Bitmap, Block, Group, GroupError, MemBlocks, RawMemBlocks, Run, Scatter, define_mem_blocks,
    mem_blocks,
};

/// Whether it panics.
fn panics<R>(call: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(|| drop(call()))).is_err()
}

/// Counts its drops.
struct Counted<'a>(&'a AtomicU32);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[test]
fn a_panic_in_the_function_of_write_with_gives_all_blocks_back_and_drops_no_value() {
    static DROPS: AtomicU32 = AtomicU32::new(0);
    #[mem_blocks]
    static POOL: MemBlocks<Counted<'static>, 40>;
    let up_to_three = |place: usize| {
        assert!(place < 3, "on purpose");
        Counted(&DROPS)
    };
    for count in [5, 36] {
        let run = POOL.alloc_contiguous(count).unwrap();
        assert!(panics(|| Run::write_with(run, up_to_three)));
        assert_eq!((POOL.used(), DROPS.load(Relaxed)), (0, 0));
        let scatter = POOL.alloc_scatter::<36>(count).unwrap();
        assert!(panics(|| Scatter::write_with(scatter, up_to_three)));
        assert_eq!((POOL.used(), DROPS.load(Relaxed)), (0, 0));
    }
}

#[test]
fn a_panic_in_the_drop_of_one_value_drops_the_others_nevertheless() {
    static DROPS: AtomicU32 = AtomicU32::new(0);
    struct Bomb(bool);
    impl Drop for Bomb {
        fn drop(&mut self) {
            DROPS.fetch_add(1, Relaxed);
            assert!(!self.0, "on purpose");
        }
    }
    #[mem_blocks]
    static POOL: MemBlocks<Bomb, 8>;
    let run = Run::write_with(POOL.alloc_contiguous(5).unwrap(), |place| Bomb(place == 1));
    assert!(panics(|| drop(run)));
    assert_eq!((POOL.used(), DROPS.swap(0, Relaxed)), (0, 5));

    // Of a scatter in two pieces, those of the second piece as well.
    let held = POOL.claim(3..4).unwrap();
    let scatter = POOL.alloc_scatter::<5>(5).unwrap();
    let scatter = Scatter::write_with(scatter, |place| Bomb(place == 1));
    assert!(panics(|| drop(scatter)));
    assert_eq!((POOL.used(), DROPS.load(Relaxed)), (1, 5));
    drop(held);
}

/// In the environment of a process that is to end.
const PANIC_TWICE: &str = "MEM_BLOCKS_PANIC_TWICE";

#[test]
fn a_panic_in_a_drop_during_a_panic_ends_the_process() {
    struct Bomb(u8);
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("on purpose {}", self.0);
        }
    }
    #[mem_blocks]
    static POOL: MemBlocks<Bomb, 2>;
    if env::var_os(PANIC_TWICE).is_some() {
        let _block = POOL.alloc_with(|| Bomb(1)).unwrap();
        panic!("the first");
    }
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "a_panic_in_a_drop_during_a_panic_ends_the_process", "--nocapture"]);
    let output = child.env(PANIC_TWICE, "1").output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("panic in a destructor during cleanup"), "{said}");
}

#[test]
fn a_panic_while_handles_of_every_kind_are_held_gives_all_blocks_back() {
    define_mem_blocks! {
        static POOL: MemBlocks<[u8; 5], 30>;
        static WORDS: MemBlocks<[u8; 5], 100>;
    }
    static GROUP: Group<usize, 2> = Group::new([POOL.raw(), WORDS.raw()], by_place);
    fn hold<const N: usize>(pool: &'static MemBlocks<[u8; 5], N>, place: usize) {
        let _one = pool.alloc_zeroed().unwrap();
        let _some = pool.alloc_array::<4>().unwrap();
        let mut run = pool.alloc_contiguous(5).unwrap();
        let _tail = Run::split_off(&mut run, 2);
        let _scatter = pool.alloc_scatter::<20>(8).unwrap();
        let _claimed = pool.claim(28..30).unwrap();
        let _of_a_group =
            (GROUP.alloc(&place).unwrap(), GROUP.alloc_contiguous(&place, 3).unwrap());
        assert_eq!(pool.used(), 24);
        panic!("on purpose");
    }
    assert!(panics(|| hold(&POOL, 0)) && panics(|| hold(&WORDS, 1)));
    for raw in [POOL.raw(), WORDS.raw()] {
        assert_eq!(raw.used(), 0);
        raw.assert_valid();
    }
}

#[test]
fn an_index_past_the_end_of_a_run_panics_as_in_any_slice_and_gives_the_blocks_back() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 40>;
    let run = Run::write_with(POOL.alloc_contiguous(35).unwrap(), |_| 0);
    let past_the_end = run.len();
    assert!(panics(move || run[past_the_end]));
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_panic_in_a_choice_takes_nothing() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 4>;
    fn panicking(
        members: &[&'static RawMemBlocks],
        place: &usize,
    ) -> Option<&'static RawMemBlocks> {
        let chosen = members.get(*place).copied();
        assert!(chosen.is_some(), "on purpose");
        chosen
    }
    static GROUP: Group<usize, 2> = Group::new([POOL.raw()], panicking);
    assert!(panics(|| GROUP.alloc(&1)));
    assert!(panics(|| GROUP.alloc_array::<2>(&1)));
    assert!(panics(|| GROUP.alloc_contiguous(&1, 2)));
    assert_eq!(POOL.used(), 0);
    assert!(GROUP.alloc(&0).is_ok());
}

#[test]
fn a_panic_in_the_bounds_of_a_range_takes_nothing() {
    struct Bottomless;
    impl RangeBounds<usize> for Bottomless {
        fn start_bound(&self) -> Bound<&usize> {
            panic!("on purpose")
        }
        fn end_bound(&self) -> Bound<&usize> {
            Bound::Unbounded
        }
    }
    #[mem_blocks]
    static POOL: MemBlocks<u32, 40>;
    assert!(panics(|| POOL.claim(Bottomless)) && panics(|| POOL.is_free(Bottomless)));
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_panic_while_a_value_is_formatted_leaves_it_in_its_block() {
    struct Unspeakable(u8);
    impl fmt::Debug for Unspeakable {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("on purpose {}", self.0)
        }
    }
    #[mem_blocks]
    static POOL: MemBlocks<Unspeakable, 40>;
    let block = POOL.alloc_with(|| Unspeakable(1)).unwrap();
    assert!(panics(|| format!("{block:?}")));
    assert_eq!(POOL.used(), 1);
    drop(block);
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_panic_in_a_thread_gives_back_what_it_holds() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 7], 40>;
    let held = POOL.alloc_contiguous(36).unwrap();
    let thread = thread::spawn(move || assert!(held.is_empty(), "on purpose"));
    assert!(thread.join().is_err());
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_pool_of_what_cannot_be_sent_gives_other_threads_bytes_and_no_values() {
    let buffer = Box::leak(Box::new([const { MaybeUninit::uninit() }; 4]));
    let pool: &'static MemBlocks<Rc<u32>, 4> =
        Box::leak(Box::new(MemBlocks::new(buffer, Box::leak(Box::new(Bitmap::<1>::new())))));
    let mine = pool.alloc_with(|| Rc::new(5)).unwrap();
    let raw = pool.raw();
    let theirs = thread::spawn(move || raw.alloc_contiguous(1).map(|block| block.as_ptr().addr()));
    assert_ne!(theirs.join().unwrap(), Ok(Block::as_ptr(&mine).addr()));
    assert_eq!((**mine, pool.used()), (5, 2));
}

#[test]
fn of_two_threads_that_drop_and_take_at_once_nobody_is_left_without_the_block() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 2>;
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    drop(POOL.alloc().expect("there are as many blocks as threads"));
                }
            });
        }
    });
    assert_eq!(POOL.used(), 0);
}

/// A choice function that chooses by place.
fn by_place(members: &[&'static RawMemBlocks], place: &usize) -> Option<&'static RawMemBlocks> {
    members.get(*place).copied()
}

#[test]
fn a_group_whose_choice_has_panicked_goes_on() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 1>;
    static CALLS: AtomicU32 = AtomicU32::new(0);
    // The second call is the one after a refusal.
    fn panics_when_asked_again(
        members: &[&'static RawMemBlocks],
        (): &(),
    ) -> Option<&'static RawMemBlocks> {
        assert!(CALLS.fetch_add(1, Relaxed) != 1, "on purpose");
        members.first().copied()
    }
    static GROUP: Group<(), 2> = Group::new([POOL.raw(), POOL.raw()], panics_when_asked_again);
    let held = POOL.alloc().unwrap();
    assert!(panics(|| GROUP.alloc(&())));
    assert!(matches!(GROUP.alloc(&()), Err(GroupError::Alloc(_))));
    drop(held);
    assert!(GROUP.alloc(&()).is_ok());
    assert_eq!(POOL.used(), 0);
}
