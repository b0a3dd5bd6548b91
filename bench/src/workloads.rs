//! What is measured. All times are of pairs: blocks taken and given back.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    pool::{Contender, Exhausted, Pool},
    two_threads::two_threads,
};

/// Does at least so many pairs, and says how many it did and how long they took. What it prepares is not timed.
pub(crate) type Timed = fn(u32) -> Result<(u32, Duration)>;

/// A workload of one contender.
#[derive(Debug)]
pub(crate) struct Workload {
    /// What it is compared with: `mix`, or one of the two that show growth with the number of blocks.
    pub(crate) group: &'static str,
    /// What it is; where it shows growth, the number of blocks.
    pub(crate) name: &'static str,
    /// `None` if the contender cannot do it.
    pub(crate) timed: Option<Timed>,
}

/// All of them, the same rows for every contender.
pub(crate) fn of<C: Contender>() -> Vec<Workload> {
    let row = |group, name, timed: Timed| Workload { group, name, timed: Some(timed) };
    let (mix, half, last) = ("mix", "half full", "last block");
    vec![
        row(mix, "one block", one::<C::Of32>),
        row(mix, "8 blocks together", bulk::<C::Of32, 8>),
        row(mix, "32 blocks together", bulk::<C::Of32, 32>),
        Workload {
            group: mix,
            name: "4 adjacent blocks",
            timed: C::Of32::ALLOC_RUN.map(|_| run::<C::Of32> as Timed),
        },
        row(mix, "random order, of 32", churn::<C::Of32, 32>),
        row(mix, "random order, of 1024", churn::<C::Of1024, 1024>),
        row(mix, "two threads at once", two_threads::<C::Of32>),
        row(half, "8", half_full::<C::Of8, 8>),
        row(half, "32", half_full::<C::Of32, 32>),
        row(half, "128", half_full::<C::Of128, 128>),
        row(half, "1024", half_full::<C::Of1024, 1024>),
        row(half, "8192", half_full::<C::Of8192, 8192>),
        row(last, "8", last_block::<C::Of8>),
        row(last, "32", last_block::<C::Of32>),
        row(last, "128", last_block::<C::Of128>),
        row(last, "1024", last_block::<C::Of1024>),
        row(last, "8192", last_block::<C::Of8192>),
    ]
}

/// Times `pair`, so many times.
#[inline]
fn repeat(pairs: u32, pair: impl Fn() -> Result<(), Exhausted>) -> Result<(u32, Duration)> {
    let start = Instant::now();
    for _ in 0..pairs {
        pair()?;
    }
    Ok((pairs, start.elapsed()))
}

/// Gives back what was taken, after the optimiser has lost sight of it: a program takes a block in one place and gives it
/// back in another. By reference, because a handle that is passed by value would be copied.
#[inline]
pub(crate) fn give_back<T>(mut taken: T) {
    black_box(&mut taken);
}

fn one<P: Pool>(pairs: u32) -> Result<(u32, Duration)> {
    repeat(pairs, || P::alloc().map(give_back))
}

/// Several blocks. The address of each is asked for: a handle may make it only then.
fn bulk<P: Pool, const K: usize>(pairs: u32) -> Result<(u32, Duration)> {
    repeat(pairs, || {
        let mut blocks = P::alloc_bulk::<K>()?;
        black_box(&mut blocks);
        P::addresses(&blocks).map(black_box).for_each(drop);
        give_back(blocks);
        Ok(())
    })
}

fn run<P: Pool>(pairs: u32) -> Result<(u32, Duration)> {
    let alloc_run = P::ALLOC_RUN.context("no such workload")?;
    repeat(pairs, || alloc_run().map(give_back))
}

/// One block, where as many are taken as are free.
fn half_full<P: Pool, const N: usize>(pairs: u32) -> Result<(u32, Duration)> {
    let _taken: Vec<_> = (0..N / 2).map(|_| P::alloc()).collect::<Result<_, _>>()?;
    one::<P>(pairs)
}

/// One block, where all but the one with the highest address are taken: in a heap, whatever fits.
fn last_block<P: Pool>(pairs: u32) -> Result<(u32, Duration)> {
    let mut taken: Vec<_> = std::iter::from_fn(|| P::alloc().ok()).collect();
    taken.sort_by_key(P::address);
    drop(taken.pop().context("no blocks")?);
    one::<P>(pairs)
}

/// Takes and gives back blocks in an order without a pattern, at about three quarters full.
///
/// Of 7/8 of the blocks, some are given back, at random and up to a quarter of all, and as many are taken. The order is
/// made before the clock runs, and is the same for everyone.
fn churn<P: Pool, const N: usize>(pairs: u32) -> Result<(u32, Duration)> {
    /// Steps that are made; then they begin again.
    const STEPS: usize = 64;

    let held = N * 7 / 8;
    let mut random = fastrand::Rng::with_seed(0x6d65_6d62);
    let mut step = || {
        let count = random.usize(1..=N / 4);
        let mut step = random.choose_multiple(0..held, count);
        random.shuffle(&mut step);
        step
    };
    let steps: Vec<Vec<usize>> = (0..STEPS).map(|_| step()).collect();
    let mut blocks: Vec<Option<P::Block>> =
        (0..held).map(|_| P::alloc().map(Some)).collect::<Result<_, _>>()?;

    let mut done = 0;
    let start = Instant::now();
    for step in steps.iter().cycle() {
        for &index in step {
            blocks[index] = None;
        }
        for &index in step {
            blocks[index] = Some(P::alloc()?);
            done += 1;
        }
        if done >= pairs {
            break;
        }
    }
    Ok((done, start.elapsed()))
}
