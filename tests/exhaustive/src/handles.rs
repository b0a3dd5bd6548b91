//! Handles dropped in every order, and runs split at every place.

use std::{any::Any, mem::MaybeUninit};

use mem_blocks::{Block, MemBlocks, Run, Scatter};

use crate::subject::{Content, SIZE, Subject, every_order};

/// The blocks of a handle, and the handle.
type Held = (Vec<usize>, Box<dyn Any>);

pub(crate) fn check<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    subject.in_every_state(|subject| {
        splits(pool, subject);
        in_every_order(subject, || single_blocks(pool));
        in_every_order(subject, || one_of_each(pool));
        for cuts in 0_u32..1 << (N - 1) {
            in_every_order(subject, || free_runs(pool, cuts));
        }
    });
}

/// Takes every run that can be claimed, splits it, and drops both parts, in both orders.
fn splits<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    for start in 0..N {
        for end in start..=N {
            for at in subject.counts() {
                for is_front_first in [false, true] {
                    let Ok(mut front) = pool.claim(start..end) else {
                        continue;
                    };
                    let middle = end.min(start.saturating_add(at));
                    let [before, behind] = [start..middle, middle..end].map(Vec::from_iter);
                    let claimed = subject.state().with(&before).with(&behind);
                    let what = format_args!("split_off of {start}..{end} at {at}");
                    let expected = (before.clone(), behind.clone());
                    let mut rest = None;
                    subject.case(what, &expected, claimed, || {
                        let split = Run::split_off(&mut front, at);
                        let ranges = (Run::range(&front).collect(), Run::range(&split).collect());
                        rest = Some(split);
                        ranges
                    });
                    let what = format_args!("drop of one part of {start}..{end} split at {at}");
                    if is_front_first {
                        subject.dropping(what, front, &before);
                        subject.dropping(what, rest, &behind);
                    } else {
                        subject.dropping(what, rest, &behind);
                        subject.dropping(what, front, &before);
                    }
                }
            }
        }
    }
}

/// Drops handles in every order, and looks at the pool after each.
fn in_every_order(subject: &mut Subject, take: impl Fn() -> Vec<Held>) {
    let before = subject.state();
    let count = take().len();
    every_order(count, &mut |order| {
        let mut held: Vec<Option<Held>> = take().into_iter().map(Some).collect();
        let all: Vec<usize> =
            held.iter().flatten().flat_map(|(blocks, _)| blocks.iter().copied()).collect();
        subject.case(format_args!("taking {all:?}"), &(), before.with(&all), || ());
        for &place in order {
            if let Some((blocks, handle)) = held[place].take() {
                let what = format_args!("drop of {blocks:?}, in the order {order:?}");
                subject.dropping(what, handle, &blocks);
            }
        }
        assert_eq!(subject.state(), before);
    });
}

/// All free blocks, each for itself.
fn single_blocks<const N: usize>(pool: &'static MemBlocks<Content, N>) -> Vec<Held> {
    std::iter::from_fn(|| pool.alloc().ok()).map(of_block).collect()
}

/// A block, two in one handle, and a run of two: those that there are.
fn one_of_each<const N: usize>(pool: &'static MemBlocks<Content, N>) -> Vec<Held> {
    let block = pool.alloc().ok().map(of_block);
    let scatter = pool.alloc_scatter::<2>(2).ok().map(of_scatter);
    let run = pool.alloc_contiguous(2).ok().map(of_run);
    block.into_iter().chain(scatter).chain(run).collect()
}

/// All free blocks as runs, which end where a block is taken, and behind each block whose bit is set in `cuts`.
fn free_runs<const N: usize>(pool: &'static MemBlocks<Content, N>, cuts: u32) -> Vec<Held> {
    let mut runs = Vec::new();
    let mut start = 0;
    while start < N {
        let is_last =
            |block: &usize| cuts >> block & 1 != 0 || !pool.is_free(*block + 1..*block + 2);
        let end = (start..N).find(is_last).map_or(N, |last| last + 1);
        runs.extend(pool.claim(start..end).ok().map(of_run));
        start = end;
    }
    runs
}

fn of_block(block: Block<MaybeUninit<Content>>) -> Held {
    (vec![Block::index(&block)], Box::new(block))
}

fn of_scatter(scatter: Scatter<MaybeUninit<Content>, 2>) -> Held {
    let start = scatter.pool().buffer().cast::<u8>().addr();
    let blocks = scatter.iter().map(|value| (std::ptr::from_ref(value).addr() - start) / SIZE);
    (blocks.collect(), Box::new(scatter))
}

fn of_run(run: Run<MaybeUninit<Content>>) -> Held {
    (Run::range(&run).collect(), Box::new(run))
}
