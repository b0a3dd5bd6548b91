//! The workload of two threads that share a pool.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::{
    meeting::Meeting,
    pool::{Exhausted, Pool},
    preemptions,
    workloads::give_back,
};

/// How often it is tried to have both running all the time, for the pairs of one measurement.
const TRIES: u32 = 20;

/// What one of them did.
#[derive(Debug)]
struct Part {
    pairs: u32,
    start: Instant,
    stop: Instant,
    /// It was stopped meanwhile, and the other one alone.
    disturbed: bool,
}

/// Both take and give back one block until the faster one has done half of the pairs; so neither is alone at the end. The
/// pairs of both count: the inverse of the time a pair is the pairs a second of both together.
pub(crate) fn two_threads<P: Pool>(pairs: u32) -> Result<(u32, Duration)> {
    let mut tries = 1;
    loop {
        let [one, other] = both::<P>(pairs.div_ceil(2))?;
        if tries == TRIES || !(one.disturbed || other.disturbed) {
            let time = one.stop.max(other.stop) - one.start.min(other.start);
            return Ok((one.pairs + other.pairs, time));
        }
        tries += 1;
    }
}

fn both<P: Pool>(most: u32) -> Result<[Part; 2]> {
    let meeting = &Meeting::default();
    let end = AtomicBool::new(false);
    let [one, other] = thread::scope(|scope| {
        // Both are new: they stay on their cores, and the main thread goes where there is room.
        let part = || part::<P>(most, meeting, &end);
        let one = scope.spawn(move || meeting.first().and_then(|()| Ok(part()?)));
        let other = scope.spawn(move || meeting.second().and_then(|()| Ok(part()?)));
        [one, other].map(|thread| thread.join().expect("a panic ends the program"))
    });
    Ok([one?, other?])
}

fn part<P: Pool>(most: u32, meeting: &Meeting, end: &AtomicBool) -> Result<Part, Exhausted> {
    let preemptions = preemptions::of_this_thread();
    // To count them takes much longer than a pair.
    meeting.start_together();
    let start = Instant::now();
    let mut pairs = 0;
    while pairs < most && !end.load(Ordering::Relaxed) {
        P::alloc().map(give_back)?;
        pairs += 1;
    }
    end.store(true, Ordering::Relaxed);
    let stop = Instant::now();
    Ok(Part { pairs, start, stop, disturbed: preemptions::of_this_thread() > preemptions })
}
