//! Pools of several words of blocks. Most blocks are taken for good; what goes on is at the edge between
//! the words, which is between the blocks 31 and 32.

#![cfg(loom)]

use mem_blocks::{Bitmap, MemBlocks, bitmap_words, mem_blocks};
use mem_blocks_loom::{Pool, Preemptions::UpTo, check, keep, report};

/// Runs a model of a pool of `N` blocks of which those of the range are free: with a summary, and
/// without one.
macro_rules! check {
    ($blocks:literal, $free:expr, $preemptions:expr, $model:expr) => {{
        #[mem_blocks]
        static SUMMED: MemBlocks<u32, $blocks>;
        let summed = check(&SUMMED, $free, $preemptions, $model);
        let pool = plain::<$blocks, { bitmap_words($blocks) }>();
        let plain = check(pool, $free, $preemptions, $model);
        report(summed + plain);
    }};
}

/// A pool whose bitmap has no summary.
fn plain<const N: usize, const W: usize>() -> &'static MemBlocks<u32, N> {
    let buffer = Box::leak(Box::new([const { std::mem::MaybeUninit::uninit() }; N]));
    let bitmap = Box::leak(Box::new(Bitmap::<W>::new()));
    Box::leak(Box::new(MemBlocks::new(buffer, bitmap)))
}

#[test]
fn the_last_block_goes_to_one_of_two() {
    check!(33, 32..33, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc()), |pool| keep(pool.alloc()));
        assert_eq!(a + b, 1);
        1
    });
}

#[test]
fn the_last_block_goes_to_one_of_three() {
    check!(33, 31..32, UpTo(2), |pool| {
        let (a, b, c) = pool.three(
            |pool| keep(pool.alloc()),
            |pool| keep(pool.alloc_list(1)),
            |pool| keep(pool.alloc_contiguous(1)),
        );
        assert_eq!(a + b + c, 1);
        1
    });
}

#[test]
fn with_a_block_free_at_every_moment_alloc_is_not_refused() {
    // It may look at the first word while that is full, and at the second when that is.
    check!(33, 31..33, UpTo(3), |pool| {
        let mine = pool.alloc();
        let (claimed, taken) = pool.two(
            |pool| {
                drop(mine);
                keep(pool.claim(32..33))
            },
            |pool| keep(pool.alloc()),
        );
        assert_eq!(taken, 1);
        claimed + taken
    });
}

#[test]
fn with_two_blocks_free_at_every_moment_several_are_not_refused() {
    check!(33, 30..33, UpTo(3), |pool| {
        let mine = pool.alloc();
        let (claimed, taken) = pool.two(
            |pool| {
                drop(mine);
                keep(pool.claim(32..33))
            },
            |pool| keep(pool.alloc_list(2)),
        );
        assert_eq!(taken, 2);
        claimed + taken
    });
}

#[test]
fn with_two_blocks_free_at_every_moment_a_run_is_not_refused() {
    check!(33, 30..33, UpTo(3), |pool| {
        let mine = pool.alloc();
        let (claimed, taken) = pool.two(
            |pool| {
                drop(mine);
                keep(pool.claim(32..33))
            },
            |pool| keep(pool.alloc_contiguous(2)),
        );
        assert_eq!(taken, 2);
        claimed + taken
    });
}

#[test]
fn with_a_block_free_at_every_moment_three_are_not_refused() {
    check!(34, 31..34, UpTo(2), |pool| {
        let (first, second) = (pool.alloc(), pool.alloc());
        let (a, b, c) = pool.three(
            |pool| {
                drop(first);
                keep(pool.alloc())
            },
            |pool| {
                drop(second);
                keep(pool.alloc())
            },
            |pool| keep(pool.alloc()),
        );
        assert_eq!((a, b, c), (1, 1, 1));
        3
    });
}

#[test]
fn a_claim_across_words_or_one_of_its_blocks() {
    check!(34, 31..33, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.claim(31..33)), |pool| keep(pool.alloc()));
        assert!((a, b) == (2, 0) || (a, b) == (0, 1), "{a} and {b}");
        a + b
    });
}

#[test]
fn a_claim_across_words_leaves_the_block_behind_it() {
    check!(34, 31..34, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.claim(31..33)), |pool| keep(pool.alloc()));
        assert_eq!(b, 1);
        a + b
    });
}

#[test]
fn a_claim_across_words_goes_to_one_of_two() {
    check!(33, 31..33, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.claim(31..33)), |pool| keep(pool.claim(31..33)));
        assert_eq!(a + b, 2);
        2
    });
}

#[test]
fn of_two_claims_across_words_that_overlap_one_is_refused() {
    check!(34, 30..34, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.claim(30..33)), |pool| keep(pool.claim(31..34)));
        assert_eq!(a + b, 3);
        3
    });
}

#[test]
fn a_claim_of_three_words_goes_to_one_of_two() {
    check!(65, 31..65, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.claim(31..65)), |pool| keep(pool.claim(31..65)));
        assert_eq!(a + b, 34);
        34
    });
}

#[test]
fn a_claim_of_three_words_or_one_of_its_blocks() {
    check!(65, 31..65, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.claim(31..65)), |pool| keep(pool.alloc()));
        assert!((a, b) == (34, 0) || (a, b) == (0, 1), "{a} and {b}");
        a + b
    });
}

#[test]
fn a_claim_across_words_goes_to_one_of_three() {
    check!(33, 31..33, UpTo(2), |pool| {
        let claim = |pool: &Pool<33>| keep(pool.claim(31..33));
        let (a, b, c) = pool.three(claim, claim, claim);
        assert_eq!(a + b + c, 2);
        2
    });
}

#[test]
fn several_across_words_go_to_one_of_two_where_there_is_room_for_one() {
    check!(33, 31..33, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_list(2)), |pool| keep(pool.alloc_scatter(2)));
        assert_eq!(a + b, 2);
        2
    });
}

#[test]
fn several_across_words_or_one_but_not_a_part() {
    check!(33, 31..33, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_list(2)), |pool| keep(pool.alloc()));
        assert!((a, b) == (2, 0) || (a, b) == (0, 1), "{a} and {b}");
        a + b
    });
}

#[test]
fn several_across_words_and_one_where_there_is_room_for_both() {
    check!(34, 30..34, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_list(3)), |pool| keep(pool.alloc()));
        assert_eq!((a, b), (3, 1));
        4
    });
}

#[test]
fn several_across_words_are_not_refused_while_another_comes_and_goes() {
    check!(33, 30..33, UpTo(3), |pool| {
        let mine = pool.alloc();
        let (a, b) = pool.two(
            |pool| {
                drop(mine);
                keep(pool.alloc())
            },
            |pool| keep(pool.alloc_list(2)),
        );
        assert_eq!((a, b), (1, 2));
        3
    });
}

#[test]
fn several_across_words_while_others_take_and_drop() {
    check!(34, 30..34, UpTo(2), |pool| {
        let mine = pool.alloc();
        let ((), several, one) =
            pool.three(|_| drop(mine), |pool| keep(pool.alloc_list(3)), |pool| keep(pool.alloc()));
        // Without what is dropped there is room for one of them.
        assert_ne!(several + one, 0);
        several + one
    });
}

#[test]
fn several_across_words_a_claim_and_one() {
    check!(34, 30..34, UpTo(2), |pool| {
        let (a, b, c) = pool.three(
            |pool| keep(pool.alloc_list(3)),
            |pool| keep(pool.claim(31..33)),
            |pool| keep(pool.alloc()),
        );
        assert!(a == 0 || b == 0, "{a} and {b}");
        assert!(a != 0 || b != 0 || c != 0);
        assert_eq!(c, 1);
        a + b + c
    });
}

#[test]
fn a_run_across_words_or_one_of_its_blocks() {
    check!(33, 31..33, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_contiguous(2)), |pool| keep(pool.alloc()));
        assert!((a, b) == (2, 0) || (a, b) == (0, 1), "{a} and {b}");
        a + b
    });
}

#[test]
fn the_longest_run_is_what_another_leaves() {
    check!(33, 30..33, UpTo(3), |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_longest(3)), |pool| keep(pool.alloc()));
        assert!((a, b) == (3, 0) || (a, b) == (2, 1), "{a} and {b}");
        3
    });
}

#[test]
fn of_two_frees_of_a_block_one_is_refused() {
    check!(33, 32..33, UpTo(3), |pool| {
        pool.alloc().unwrap().give_up();
        let (a, b) = pool.two(|pool| pool.free(&[32]), |pool| pool.free_contiguous(32..33));
        assert!((a, b) == (Ok(()), Err(32)) || (a, b) == (Err(32), Ok(())), "{a:?} and {b:?}");
        0
    });
}

#[test]
fn of_two_frees_across_words_one_is_refused() {
    check!(33, 31..33, UpTo(3), |pool| {
        pool.claim(31..33).unwrap().give_up();
        let (a, b) = pool.two(|pool| pool.free(&[32, 31]), |pool| pool.free_contiguous(31..33));
        assert!((a, b) == (Ok(()), Err(31)) || (a, b) == (Err(32), Ok(())), "{a:?} and {b:?}");
        0
    });
}

#[test]
fn a_list_across_words_is_freed_as_a_whole_or_not_while_another_frees_an_entry() {
    check!(33, 31..33, UpTo(3), |pool| {
        pool.claim(31..33).unwrap().give_up();
        let (list, one) = pool.two(|pool| pool.free(&[32, 31]), |pool| pool.free(&[31]));
        match (list, one) {
            (Ok(()), Err(31)) => 0,
            (Err(31), Ok(())) => 1,
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_run_across_words_is_freed_as_a_whole_or_not_while_another_frees_one_of_it() {
    check!(33, 31..33, UpTo(3), |pool| {
        pool.claim(31..33).unwrap().give_up();
        let (run, one) = pool.two(|pool| pool.free_contiguous(31..33), |pool| pool.free(&[32]));
        match (run, one) {
            (Ok(()), Err(32)) => 0,
            (Err(32), Ok(())) => 1,
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_block_is_there_while_a_list_is_freed() {
    check!(34, 31..34, UpTo(3), |pool| {
        pool.claim(31..33).unwrap().give_up();
        let (freed, taken) = pool.two(|pool| pool.free(&[32, 31]), |pool| keep(pool.alloc()));
        assert_eq!((freed, taken), (Ok(()), 1));
        1
    });
}

#[test]
fn a_list_across_words_is_freed_at_once() {
    check!(33, 31..33, UpTo(3), |pool| {
        pool.claim(31..33).unwrap().give_up();
        let (freed, taken) = pool.two(
            |pool| pool.free(&[31, 32]),
            |pool| {
                let Some(first) = pool.alloc() else {
                    return 0;
                };
                // Where one is free, the other is.
                let other = 31 + 32 - first.blocks()[0];
                let second = keep(pool.claim(other..other + 1));
                assert_eq!(second, 1);
                keep(Some(first)) + second
            },
        );
        assert_eq!(freed, Ok(()));
        taken
    });
}

#[test]
fn blocks_are_taken_all_at_once() {
    check!(33, 31..33, UpTo(3), |pool| {
        let (a, used) = pool.two(|pool| keep(pool.claim(31..33)), Pool::used);
        assert_eq!(a, 2);
        assert!(used == 31 || used == 33, "{used}");
        2
    });
}

/// What is seen while block 31 is taken, and only then block 32 given back, which is in the next word.
fn while_one_is_taken_for_another<R: 'static>(
    pool: &Pool<34>,
    look: impl FnOnce(&Pool<34>) -> R + 'static,
) -> R {
    let mine = pool.claim(32..33);
    let take = |pool: &Pool<34>| {
        let taken = keep(pool.claim(31..32));
        drop(mine);
        taken
    };
    let (taken, seen) = pool.two(take, look);
    assert_eq!(taken, 1);
    seen
}

#[test]
fn a_region_that_is_never_free_as_a_whole_is_not_seen_so() {
    // Block by block, the one is seen before, the other behind.
    check!(34, 31..34, UpTo(3), |pool| {
        assert!(!while_one_is_taken_for_another(pool, |pool| pool.is_region_free(31..33)));
        1
    });
}

#[test]
fn the_longest_run_is_one_that_there_is_at_one_moment() {
    // Of three blocks across the words, one in the middle is taken at each moment: the first, or the second.
    check!(34, 31..34, UpTo(3), |pool| {
        let run = while_one_is_taken_for_another(pool, Pool::largest_free_run);
        assert!(run == 1 || run == 2, "{run}");
        1
    });
}

#[test]
fn a_claim_takes_what_was_dropped_or_is_refused() {
    check!(33, 31..33, UpTo(3), |pool| {
        let mine = pool.claim(31..33);
        let ((), claimed) = pool.two(|_| drop(mine), |pool| keep(pool.claim(31..33)));
        claimed
    });
}

#[test]
fn several_across_words_are_not_refused_while_a_run_is_dropped() {
    check!(34, 30..34, UpTo(3), |pool| {
        let mine = pool.claim(31..33);
        let ((), taken) = pool.two(|_| drop(mine), |pool| keep(pool.alloc_list(2)));
        assert_eq!(taken, 2);
        2
    });
}

#[test]
fn a_claim_takes_what_was_dropped_by_the_handle_of_several_or_is_refused() {
    check!(33, 31..33, UpTo(3), |pool| {
        let mine = pool.alloc_scatter(2);
        let ((), claimed) = pool.two(|_| drop(mine), |pool| keep(pool.claim(31..33)));
        claimed
    });
}

#[test]
fn blocks_are_dropped_while_a_claim_is_under_way() {
    check!(34, 30..34, UpTo(2), |pool| {
        let mine = pool.alloc();
        let ((), claimed, one) =
            pool.three(|_| drop(mine), |pool| keep(pool.claim(31..33)), |pool| keep(pool.alloc()));
        assert_eq!(one, 1);
        claimed + one
    });
}

#[test]
fn another_pool_is_served_while_a_claim_is_under_way() {
    #[mem_blocks]
    static OTHER: MemBlocks<u32, 33>;
    check!(33, 31..33, UpTo(3), |pool| {
        let (a, b) = pool.two(
            |pool| keep(pool.claim(31..33)),
            |_| {
                let block = OTHER.alloc();
                let is_served = block.is_ok();
                drop(block);
                is_served
            },
        );
        assert_eq!((a, b), (2, true));
        2
    });
}

#[test]
fn what_an_owner_did_happens_before_what_the_next_one_does() {
    check!(33, 31..33, UpTo(3), |pool| {
        let mine = pool.claim(31..33);
        let ((), taken) = pool.two(|_| drop(mine), |pool| keep(pool.alloc()));
        taken
    });
}

#[test]
fn what_was_done_before_a_list_is_freed_happens_before_what_its_next_owner_does() {
    check!(33, 31..33, UpTo(3), |pool| {
        let mine = pool.claim(31..33).unwrap();
        let (freed, taken) =
            pool.two(|pool| pool.free(&mine.give_up()), |pool| keep(pool.alloc_list(2)));
        assert_eq!(freed, Ok(()));
        taken
    });
}
