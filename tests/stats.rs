//! The feature `stats`: what an allocator says of itself.

#![allow(unsafe_code, reason = "freeing by address")]

use core::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use mem_blocks::{
    AllocError, Bitmap, ClaimError, Group, MemBlocks, RawMemBlocks, Stats, choose, mem_blocks,
};
use static_cell::ConstStaticCell;

/// Used, max used, refusals.
fn counts(stats: Stats) -> (usize, usize, u32) {
    (stats.used(), stats.max_used(), stats.refusals())
}

/// Runs a test on a pool of one word, on one of several with a summary, and on one without.
macro_rules! on_every_kind {
    (fn $name:ident($pool:ident: $blocks:literal) $body:block) => {
        #[test]
        fn $name() {
            const N: usize = $blocks;
            const LARGE: usize = 32 * N;
            #[mem_blocks]
            static ONE: MemBlocks<[u8; 16], N>;
            #[mem_blocks]
            static MANY: MemBlocks<[u8; 16], LARGE>;
            type Memory = [core::mem::MaybeUninit<[u8; 16]>; LARGE];
            static BUFFER: ConstStaticCell<Memory> =
                ConstStaticCell::new([core::mem::MaybeUninit::uninit(); LARGE]);
            static BITMAP: ConstStaticCell<Bitmap<N>> = ConstStaticCell::new(Bitmap::new());
            static PLAIN: static_cell::StaticCell<MemBlocks<[u8; 16], LARGE>> =
                static_cell::StaticCell::new();
            let plain: &'static _ = PLAIN.init(MemBlocks::new(BUFFER.take(), BITMAP.take()));

            {
                let $pool = &ONE;
                $body
            }
            for $pool in [&MANY, plain] {
                $body
            }
        }
    };
}

on_every_kind! {
    fn max_used_is_the_most_that_was_used_at_one_moment(pool: 8) {
        let all = pool.raw().num_blocks();
        assert_eq!(counts(pool.stats()), (0, 0, 0));
        let three = pool.alloc_contiguous(3).unwrap();
        let one = pool.alloc().unwrap();
        drop(three);
        let two = pool.alloc_array::<2>().unwrap();
        assert_eq!(counts(pool.stats()), (3, 4, 0));
        drop((one, two));
        assert_eq!(counts(pool.stats()), (0, 4, 0));
        let rest = pool.claim(2..).unwrap();
        assert_eq!(counts(pool.stats()), (all - 2, all - 2, 0));
        drop(rest);
        let several = pool.alloc_scatter::<40>(all.min(40)).unwrap();
        assert_eq!(counts(pool.stats()), (all.min(40), (all - 2).max(all.min(40)), 0));
        drop(several);
        assert_eq!(pool.stats().used(), 0);
    }
}

on_every_kind! {
    fn a_refused_request_is_counted_and_raises_nothing(pool: 8) {
        let all = pool.raw().num_blocks();
        let _held = pool.claim(1..all - 1).unwrap();
        let mut refusals = 0;
        let mut is_refused = |refused: bool| {
            assert!(refused);
            refusals += 1;
            assert_eq!(counts(pool.stats()), (all - 2, all - 2, refusals));
        };
        is_refused(pool.alloc_array::<3>().is_err());
        is_refused(pool.alloc_array::<4096>().is_err());
        is_refused(pool.alloc_scatter::<4>(3).is_err());
        is_refused(pool.alloc_scatter::<4>(5).is_err());
        is_refused(pool.alloc_contiguous(2).is_err());
        is_refused(pool.alloc_contiguous(all + 1).is_err());
        is_refused(pool.alloc_contiguous_in(2..=3).is_err());
        #[expect(clippy::reversed_empty_ranges, reason = "refused")]
        {
            is_refused(pool.alloc_contiguous_in(3..=2).is_err());
        }
        is_refused(pool.alloc_contiguous_in(all + 1..=all + 1).is_err());
        is_refused(pool.claim(0..2).err() == Some(ClaimError::Taken));
        is_refused(pool.claim(0..=all).err() == Some(ClaimError::OutOfRange));
        let raw = pool.raw();
        let start = raw.buffer().cast::<u8>();
        is_refused(raw.alloc(&mut [ptr::null_mut(); 3]) == Err(AllocError::Exhausted));
        is_refused(raw.alloc(&mut vec![ptr::null_mut(); all + 1]).is_err());
        is_refused(raw.alloc_contiguous(2).is_err());
        is_refused(raw.claim(start, 2) == Err(ClaimError::Taken));
        is_refused(raw.claim(start.wrapping_add(1), 1) == Err(ClaimError::NotBlockStart));
        is_refused(raw.claim(ptr::null_mut(), 1) == Err(ClaimError::OutOfRange));
        is_refused(raw.claim(start, all + 1) == Err(ClaimError::OutOfRange));
        let _rest = pool.alloc_array::<2>().unwrap();
        assert_eq!(pool.alloc().err(), Some(AllocError::Exhausted));
        assert_eq!(counts(pool.stats()), (all, all, refusals + 1));
    }
}

on_every_kind! {
    fn what_asks_for_nothing_and_a_free_that_is_refused_are_not_counted(pool: 8) {
        let raw = pool.raw();
        let start = raw.buffer().cast::<u8>();
        drop(pool.alloc_contiguous(0).unwrap());
        drop(pool.claim(3..3).unwrap());
        drop(pool.alloc_contiguous_in(0..=0).unwrap());
        // SAFETY: refused.
        assert!(unsafe { raw.free(&[start]) }.is_err());
        // SAFETY: refused.
        assert!(unsafe { raw.free_contiguous(start, 2) }.is_err());
        assert_eq!(counts(pool.stats()), (0, 0, 0));
    }
}

on_every_kind! {
    fn max_used_begins_again_with_what_is_used(pool: 8) {
        let held = pool.alloc_contiguous(5).unwrap();
        let two = pool.alloc_array::<2>().unwrap();
        drop(two);
        assert_eq!(pool.stats().max_used(), 7);
        pool.reset_max_used();
        assert_eq!(counts(pool.stats()), (5, 5, 0));
        drop(held);
        assert_eq!(counts(pool.stats()), (0, 5, 0));
        pool.raw().reset_max_used();
        assert_eq!(counts(pool.raw().stats()), (0, 0, 0));
    }
}

on_every_kind! {
    fn counts_are_in_blocks_and_in_bytes(pool: 8) {
        let all = pool.raw().num_blocks();
        let low = pool.claim(..2).unwrap();
        let _high = pool.claim(3..4).unwrap();
        drop(low);
        let stats = pool.stats();
        assert_eq!((stats.block_size(), stats.num_blocks()), (16, all));
        assert_eq!((stats.used(), stats.used_bytes()), (1, 16));
        assert_eq!((stats.available(), stats.available_bytes()), (all - 1, 16 * (all - 1)));
        assert_eq!((stats.max_used(), stats.max_used_bytes()), (3, 48));
        let largest = stats.largest_free_run();
        assert_eq!((largest, stats.largest_free_run_bytes()), (all - 4, 16 * (all - 4)));
        assert_eq!(pool.largest_free_run(), largest);
    }
}

#[test]
fn a_member_counts_what_the_group_asked_it_for() {
    #[mem_blocks]
    static SMALL: MemBlocks<[u8; 16], 1>;
    #[mem_blocks]
    static LARGE: MemBlocks<[u8; 64], 40>;
    static GROUP: Group<usize, 2> =
        Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit_or_larger);
    let both = GROUP.alloc_array::<2>(&8);
    // The small one has one block and is chosen for two.
    assert!(both.is_err());
    assert_eq!((counts(SMALL.stats()), counts(LARGE.stats())), ((0, 0, 1), (0, 0, 0)));
    let blocks = (GROUP.alloc(&8).unwrap(), GROUP.alloc_contiguous(&8, 3).unwrap());
    assert_eq!((counts(SMALL.stats()), counts(LARGE.stats())), ((1, 1, 1), (3, 3, 0)));
    drop(blocks);
    assert_eq!((SMALL.stats().used(), LARGE.stats().used()), (0, 0));
}

/// While others take and give back what they can.
fn every_snapshot_is_of_one_moment(pool: &'static RawMemBlocks, at_most: usize) {
    /// Ends the others also where something is found to be wrong.
    struct Done<'a>(&'a AtomicBool);

    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let _done = Done(&done);
        let churn = |count: usize| {
            let done = &done;
            move || {
                while !done.load(Ordering::Relaxed) {
                    let mut blocks = vec![ptr::null_mut(); count];
                    if pool.alloc(&mut blocks).is_ok() {
                        // SAFETY: taken above.
                        unsafe { pool.free(&blocks) }.unwrap();
                    }
                    if let Ok(first) = pool.alloc_contiguous(count) {
                        // SAFETY: taken above.
                        unsafe { pool.free_contiguous(first.as_ptr(), count) }.unwrap();
                    }
                }
            }
        };
        scope.spawn(churn(at_most - at_most / 2));
        scope.spawn(churn(at_most / 2));
        for _ in 0..2_000 {
            let stats = pool.stats();
            assert!(stats.used() <= stats.max_used(), "{stats:?}");
            assert!(stats.max_used() <= at_most, "{stats:?}");
            assert!(stats.largest_free_run() <= stats.available(), "{stats:?}");
            // Of so many blocks that are used, not more are between free ones.
            let pieces = stats.used() + 1;
            assert!(stats.largest_free_run() * pieces >= stats.available(), "{stats:?}");
            pool.reset_max_used();
        }
    });
    let stats = pool.stats();
    assert_eq!((stats.used(), stats.available()), (0, pool.num_blocks()));
    pool.assert_valid();
}

#[test]
fn every_snapshot_of_one_word_is_of_one_moment() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 9>;
    every_snapshot_is_of_one_moment(POOL.raw(), 9);
}

#[test]
fn every_snapshot_of_several_words_is_of_one_moment() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 100>;
    every_snapshot_is_of_one_moment(POOL.raw(), 90);
}
