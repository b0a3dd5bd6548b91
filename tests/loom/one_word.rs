//! Pools of up to one word of blocks.

#![cfg(loom)]

use std::mem::MaybeUninit;

use mem_blocks::{Block, MemBlocks, mem_blocks};
use mem_blocks_loom::{
    Owned, Pool,
    Preemptions::{All, UpTo},
    check, keep, report,
};

/// Runs a model of a pool of `N` blocks, all of them free.
macro_rules! check {
    ($blocks:literal, $preemptions:expr, $model:expr) => {{
        #[mem_blocks]
        static POOL: MemBlocks<u32, $blocks>;
        report(check(&POOL, 0..$blocks, $preemptions, $model));
    }};
}

#[test]
fn the_last_block_goes_to_one_of_two() {
    check!(1, All, |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc()), |pool| keep(pool.alloc()));
        assert_eq!(a + b, 1);
        1
    });
}

#[test]
fn the_last_block_goes_to_one_of_three() {
    check!(1, UpTo(2), |pool| {
        let alloc = |pool: &Pool<1>| keep(pool.alloc());
        let (a, b, c) = pool.three(alloc, alloc, alloc);
        assert_eq!(a + b + c, 1);
        1
    });
}

#[test]
fn two_of_three_get_the_last_two_blocks() {
    check!(2, UpTo(2), |pool| {
        let alloc = |pool: &Pool<2>| keep(pool.alloc());
        let (a, b, c) = pool.three(alloc, alloc, |pool| keep(pool.alloc_list(1)));
        assert_eq!(a + b + c, 2);
        2
    });
}

#[test]
fn with_a_block_free_at_every_moment_alloc_is_not_refused() {
    check!(2, UpTo(3), |pool| {
        let mine = pool.alloc();
        let (a, b) = pool.two(
            |pool| {
                drop(mine);
                let again = pool.alloc();
                drop(again);
                keep(pool.alloc())
            },
            |pool| keep(pool.alloc()),
        );
        assert_eq!((a, b), (1, 1));
        2
    });
}

#[test]
fn with_a_block_free_at_every_moment_three_are_not_refused() {
    check!(3, UpTo(2), |pool| {
        let mine = [pool.alloc(), pool.alloc()];
        let [first, second] = mine;
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
fn several_go_to_one_of_two_where_there_is_room_for_one() {
    check!(3, All, |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_scatter(2)), |pool| keep(pool.alloc_list(2)));
        assert_eq!(a + b, 2);
        2
    });
}

#[test]
fn several_go_to_one_of_three_where_there_is_room_for_one() {
    check!(3, UpTo(2), |pool| {
        let (a, b, c) = pool.three(
            |pool| keep(pool.alloc_scatter(2)),
            |pool| keep(pool.alloc_list(2)),
            |pool| keep(pool.alloc_contiguous(2)),
        );
        assert_eq!(a + b + c, 2);
        2
    });
}

#[test]
fn several_are_not_refused_while_another_comes_and_goes() {
    check!(3, All, |pool| {
        let mine = pool.alloc();
        let (a, b) = pool.two(
            |pool| {
                drop(mine);
                keep(pool.alloc())
            },
            |pool| keep(pool.alloc_scatter(2)),
        );
        assert_eq!((a, b), (1, 2));
        3
    });
}

#[test]
fn several_or_one_but_not_a_part() {
    check!(2, All, |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_list(2)), |pool| keep(pool.alloc()));
        assert!((a, b) == (2, 0) || (a, b) == (0, 1), "{a} and {b}");
        a + b
    });
}

#[test]
fn a_run_goes_to_one_of_two_where_there_is_room_for_one() {
    check!(4, All, |pool| {
        let run = |pool: &Pool<4>| keep(pool.alloc_contiguous(3));
        let (a, b) = pool.two(run, run);
        assert_eq!(a + b, 3);
        3
    });
}

#[test]
fn a_run_or_the_claim_of_a_block_that_it_needs() {
    check!(3, All, |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_contiguous(2)), |pool| keep(pool.claim(1..2)));
        assert!((a, b) == (2, 0) || (a, b) == (0, 1), "{a} and {b}");
        a + b
    });
}

#[test]
fn neither_a_run_nor_a_claim_is_refused_where_there_is_room_for_both() {
    check!(4, All, |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_contiguous(2)), |pool| keep(pool.claim(2..4)));
        assert_eq!((a, b), (2, 2));
        4
    });
}

#[test]
fn of_two_claims_that_overlap_one_is_refused() {
    check!(3, All, |pool| {
        let (a, b) = pool.two(|pool| keep(pool.claim(0..2)), |pool| keep(pool.claim(1..3)));
        assert_eq!(a + b, 2);
        2
    });
}

#[test]
fn a_claim_is_not_refused_while_others_come_and_go() {
    check!(3, All, |pool| {
        let mine = pool.alloc();
        let (a, b) = pool.two(
            |pool| {
                drop(mine);
                keep(pool.alloc())
            },
            |pool| keep(pool.claim(1..3)),
        );
        // The other has room beside it: block 0.
        assert!((a, b) == (1, 2), "{a} and {b}");
        3
    });
}

#[test]
fn the_longest_run_is_what_another_leaves() {
    check!(3, All, |pool| {
        let (a, b) = pool.two(|pool| keep(pool.alloc_longest(3)), |pool| keep(pool.alloc()));
        assert!((a, b) == (3, 0) || (a, b) == (2, 1), "{a} and {b}");
        3
    });
}

#[test]
fn of_two_frees_of_a_block_one_is_refused() {
    check!(1, All, |pool| {
        let block = pool.alloc().unwrap().give_up();
        let same = block.clone();
        let (a, b) = pool.two(|pool| pool.free(&block), move |pool| pool.free(&same));
        assert!((a, b) == (Ok(()), Err(0)) || (a, b) == (Err(0), Ok(())), "{a:?} and {b:?}");
        0
    });
}

#[test]
fn of_three_frees_of_blocks_two_are_refused() {
    check!(2, UpTo(2), |pool| {
        pool.alloc_list(2).unwrap().give_up();
        let (a, b, c) = pool.three(
            |pool| pool.free(&[1, 0]),
            |pool| pool.free_contiguous(0..2),
            |pool| pool.free(&[0, 1]),
        );
        let freed = [a, b, c].iter().filter(|freed| freed.is_ok()).count();
        assert_eq!(freed, 1);
        0
    });
}

#[test]
fn a_list_is_freed_as_a_whole_or_not_while_another_frees_an_entry() {
    check!(3, All, |pool| {
        pool.alloc_list(3).unwrap().give_up();
        let (list, one) = pool.two(|pool| pool.free(&[2, 1, 0]), |pool| pool.free(&[1]));
        match (list, one) {
            (Ok(()), Err(1)) => 0,
            (Err(1), Ok(())) => 2,
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_run_is_freed_as_a_whole_or_not_while_another_frees_one_of_it() {
    check!(3, All, |pool| {
        pool.alloc_list(3).unwrap().give_up();
        let (run, one) = pool.two(|pool| pool.free_contiguous(0..3), |pool| pool.free(&[1]));
        match (run, one) {
            (Ok(()), Err(1)) => 0,
            (Err(1), Ok(())) => 2,
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn the_used_blocks_are_those_of_one_moment() {
    check!(3, All, |pool| {
        let ((), used) = pool.two(
            |pool| {
                let several = pool.alloc_list(2);
                assert_eq!(keep(several), 2);
            },
            Pool::used,
        );
        assert!(used == 0 || used == 2, "{used}");
        2
    });
}

/// Runs a model of one thread that uses its block a last time and gives it back, and of another that
/// takes it and uses it.
fn check_handover(
    pool: &'static MemBlocks<u32, 1>,
    give: fn(&Pool<1>, OneBlock),
    take: fn(&Pool<1>) -> usize,
) -> usize {
    check(pool, 0..1, All, move |pool| {
        let mine = pool.alloc().unwrap();
        let ((), taken) = pool.two(move |pool| give(pool, mine), take);
        taken
    })
}

type OneBlock = Owned<Block<MaybeUninit<u32>>>;

#[test]
fn what_an_owner_did_happens_before_what_the_next_one_does() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 1>;
    let gives: [fn(&Pool<1>, OneBlock); 4] = [
        |_, mine| drop(mine),
        |pool, mine| pool.free(&mine.give_up()).unwrap(),
        |pool, mine| {
            mine.give_up();
            pool.free_contiguous(0..1).unwrap();
        },
        |pool, mine| {
            drop(mine);
            drop(pool.alloc_contiguous(1));
        },
    ];
    let takes: [fn(&Pool<1>) -> usize; 5] = [
        |pool| keep(pool.alloc()),
        |pool| keep(pool.alloc_list(1)),
        |pool| keep(pool.alloc_contiguous(1)),
        |pool| keep(pool.alloc_longest(1)),
        |pool| keep(pool.claim(0..1)),
    ];
    let each = gives.iter().flat_map(|give| takes.iter().map(move |take| (give, take)));
    report(each.map(|(&give, &take)| check_handover(&POOL, give, take)).sum());
}

#[test]
fn what_two_owners_did_happens_before_what_the_owner_of_both_blocks_does() {
    check!(2, UpTo(2), |pool| {
        let (first, second) = (pool.alloc(), pool.alloc());
        let ((), (), taken) =
            pool.three(|_| drop(first), |_| drop(second), |pool| keep(pool.alloc_scatter(2)));
        taken
    });
}

#[test]
fn blocks_go_from_hand_to_hand() {
    check!(2, UpTo(3), |pool| {
        let rounds = |pool: &Pool<2>| {
            drop(pool.alloc());
            drop(pool.alloc_scatter(2));
            keep(pool.alloc())
        };
        let (a, b) = pool.two(rounds, rounds);
        // While one has both blocks, the other is refused, but not both of them.
        assert_ne!(a + b, 0);
        a + b
    });
}
