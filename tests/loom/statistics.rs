//! What the statistics say while others take and give back blocks.

#![cfg(all(loom, feature = "stats"))]

use mem_blocks::{MemBlocks, Stats, mem_blocks};
use mem_blocks_loom::{
    Preemptions::{All, UpTo},
    check, keep, report,
};

/// Runs a model of a pool of `N` blocks of which those of the range are free.
macro_rules! check {
    ($blocks:literal, $free:expr, $preemptions:expr, $model:expr) => {{
        #[mem_blocks]
        static POOL: MemBlocks<u32, $blocks>;
        report(check(&POOL, $free, $preemptions, $model));
    }};
}

/// What is so at every moment, of a pool in which no more than so many blocks are ever used.
fn is_of_one_moment(stats: Stats, most: usize) -> bool {
    stats.used() <= stats.max_used()
        && stats.max_used() <= most
        && stats.largest_free_run() <= stats.available()
        && stats.largest_free_run() * (stats.used() + 1) >= stats.available()
}

#[test]
fn used_and_max_used_are_of_one_moment() {
    check!(3, 0..3, UpTo(3), |pool| {
        let ((), (), stats) = pool.three(
            |pool| drop(pool.alloc()),
            |pool| drop(pool.alloc_scatter(2)),
            |pool| pool.raw().stats(),
        );
        assert!(is_of_one_moment(stats, 3), "{stats:?}");
        let stats = pool.raw().stats();
        assert!((2..=3).contains(&stats.max_used()) && stats.used() == 0, "{stats:?}");
        0
    });
}

#[test]
fn what_both_have_at_the_end_both_had_at_one_moment() {
    check!(2, 0..2, All, |pool| {
        let taken = pool.two(|pool| keep(pool.alloc()), |pool| keep(pool.alloc()));
        assert_eq!((taken, pool.raw().stats().max_used()), ((1, 1), 2));
        2
    });
}

#[test]
fn of_two_requests_for_the_last_block_one_is_counted_as_refused() {
    check!(1, 0..1, All, |pool| {
        pool.two(|pool| keep(pool.alloc()), |pool| keep(pool.alloc_list(1)));
        let stats = pool.raw().stats();
        assert_eq!((stats.used(), stats.max_used(), stats.refusals()), (1, 1, 1));
        1
    });
}

#[test]
fn max_used_does_not_begin_below_what_is_used() {
    check!(2, 0..2, All, |pool| {
        let (taken, ()) = pool.two(
            |pool| keep(pool.alloc()),
            |pool| {
                drop(pool.alloc());
                pool.raw().reset_max_used();
            },
        );
        let stats = pool.raw().stats();
        assert!(stats.used() == taken && is_of_one_moment(stats, 2), "{stats:?}");
        1
    });
}

#[test]
fn blocks_of_two_words_are_used_from_one_moment_on() {
    // Either none of them is, or all three are.
    check!(34, 31..34, UpTo(3), |pool| {
        let (taken, seen) = pool.two(|pool| keep(pool.alloc_list(3)), |pool| pool.raw().stats());
        assert_eq!(taken, 3);
        assert!([31, 34].contains(&seen.used()) && seen.max_used() == seen.used(), "{seen:?}");
        assert_eq!(pool.raw().stats().max_used(), 34);
        3
    });
}

#[test]
fn max_used_is_what_one_order_of_the_calls_explains() {
    // Two are given back, in one word, while three of two words are taken: before it, or after.
    check!(34, 29..34, UpTo(3), |pool| {
        let held = pool.claim(29..31);
        let (taken, ()) = pool.two(|pool| keep(pool.alloc_list(3)), move |_| drop(held));
        assert_eq!(taken, 3);
        let max_used = pool.raw().stats().max_used();
        assert!([29 + 3, 29 + 2 + 3].contains(&max_used), "{max_used}");
        3
    });
}
