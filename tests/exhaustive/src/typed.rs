//! What `MemBlocks` does: blocks, runs and counts.

use std::{cell::Cell, mem::MaybeUninit};

use mem_blocks::{AllocError, Block, MemBlocks, Run, Scatter};

use crate::subject::{Content, SIZE, Subject};

type Uninit = MaybeUninit<Content>;

pub(crate) fn check<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    subject.in_every_state(|subject| {
        one_block(pool, subject);
        arrays(pool, subject);
        scatters(pool, subject);
        runs(pool, subject);
        counts(pool, subject);
    });
}

fn one_block<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    const VALUE: Content = [0x5a; SIZE];
    let expected = subject.state().alloc(1);
    subject.taking(format_args!("alloc"), &expected, || pool.alloc(), |b| vec![Block::index(b)]);

    let calls = Cell::new(0);
    let value = || {
        calls.set(calls.get() + 1);
        VALUE
    };
    let index_of = |block: &Block<Content>| {
        assert_eq!(**block, VALUE, "alloc_with: the content");
        vec![Block::index(block)]
    };
    subject.taking(format_args!("alloc_with"), &expected, || pool.alloc_with(value), index_of);
    assert_eq!(calls.get(), usize::from(expected.is_ok()), "alloc_with: calls of its function");

    let index_of = |block: &Block<Content>| {
        // The value from before was in the same block.
        assert_eq!(**block, [0; SIZE], "alloc_zeroed: the content");
        vec![Block::index(block)]
    };
    subject.taking(format_args!("alloc_zeroed"), &expected, || pool.alloc_zeroed(), index_of);
}

/// Calls a function for each constant from 0 to one more than any pool has blocks.
macro_rules! for_each_constant {
    ($function:ident($($argument:expr),*)) => {
        for_each_constant!($function($($argument),*): 0 1 2 3 4 5 6 7)
    };
    ($function:ident $arguments:tt: $($constant:literal)*) => {
        $(for_each_constant!(@ $function::<$constant> $arguments);)*
    };
    (@ $function:ident::<$constant:literal> ($($argument:expr),*)) => {
        $function::<$constant, N>($($argument),*)
    };
}

fn arrays<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    for_each_constant!(array(pool, subject));
}

fn array<const K: usize, const N: usize>(
    pool: &'static MemBlocks<Content, N>,
    subject: &mut Subject,
) {
    let expected = subject.state().alloc(K);
    let indices = |blocks: &[Block<Uninit>; K]| blocks.iter().map(Block::index).collect();
    let what = format_args!("alloc_array::<{K}>");
    subject.taking(what, &expected, || pool.alloc_array::<K>(), indices);
}

fn scatters<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    for_each_constant!(scatter(pool, subject));
}

fn scatter<const MAX: usize, const N: usize>(
    pool: &'static MemBlocks<Content, N>,
    subject: &mut Subject,
) {
    for count in subject.counts() {
        let state = subject.state();
        let expected =
            if count > MAX { Err(AllocError::ExceedsCapacity) } else { state.alloc(count) };
        let start = subject.address(0).addr();
        let what = format_args!("alloc_scatter::<{MAX}>({count})");
        subject.taking(
            what,
            &expected,
            || pool.alloc_scatter::<MAX>(count),
            |scatter| {
                let blocks: Vec<usize> = scatter.iter().map(|block| index(block, start)).collect();
                agree(scatter, &blocks, start);
                blocks
            },
        );
    }
}

/// All that a scatter says of its blocks is the same, and its runs are as long as they can be.
fn agree<const MAX: usize>(scatter: &Scatter<Uninit, MAX>, blocks: &[usize], start: usize) {
    assert_eq!((scatter.len(), scatter.is_empty()), (blocks.len(), blocks.is_empty()));
    let backwards = scatter.iter().rev().map(|block| index(block, start));
    assert!(backwards.eq(blocks.iter().rev().copied()), "blocks backwards");
    let adjacent = blocks.chunk_by(|a, b| a + 1 == *b).map(|run| (run[0], run.len()));
    let runs = scatter.runs().map(|run| (index(run.as_ptr(), start), run.len()));
    assert!(runs.eq(adjacent), "the runs of {blocks:?}");
}

/// Which block of the buffer that starts there.
fn index(block: *const Uninit, start: usize) -> usize {
    (block.addr() - start) / SIZE
}

fn runs<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    let blocks_of = |run: &Run<Uninit>| {
        assert_eq!(run.len(), Run::range(run).len());
        Run::range(run).collect()
    };
    for count in subject.counts() {
        let expected = subject.state().alloc_contiguous(count);
        let what = format_args!("alloc_contiguous({count})");
        subject.taking(what, &expected, || pool.alloc_contiguous(count), blocks_of);
    }
    for min in subject.counts() {
        for max in subject.counts() {
            let expected = subject.state().alloc_contiguous_in(min, max);
            let what = format_args!("alloc_contiguous_in({min}..={max})");
            subject.taking(what, &expected, || pool.alloc_contiguous_in(min..=max), blocks_of);
        }
    }
}

fn counts<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    let (state, raw) = (subject.state(), pool.raw());
    let expected = (state.used(), state.available(), state.largest_free_run());
    subject.case(format_args!("counts"), &expected, state, || {
        (pool.used(), pool.available(), pool.largest_free_run())
    });
    subject.case(format_args!("counts by address"), &expected, state, || {
        (raw.used(), raw.available(), raw.largest_free_run())
    });
}
