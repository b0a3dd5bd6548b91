//! Several threads at once: all or nothing, nothing handed out twice, nothing lost.
//!
//! As functions: `ThreadSanitizer` wants them without the test harness, of which it does not know why it is right.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::thread;

use mem_blocks_bodies::numbers::Numbers;
use mem_blocks_bodies::pairs::{self, Pair};
use mem_blocks_bodies::storm::{self, Worker};

const THREADS: u32 = 4;

/// How often each thread does its part at least, and how often at most.
const ROUNDS: u32 = 20_000;
const MOST_ROUNDS: u32 = 1000 * ROUNDS;

/// Each of two threads does its part of a pair, for every pair.
pub(crate) fn what_one_thread_gets_is_as_if_the_other_did_nothing_in_between() {
    for pair in pairs::all(wait) {
        pair.begin();
        at_once(&pair);
        pair.end();
    }
}

/// A thread of a pair has failed.
static FAILED: AtomicBool = AtomicBool::new(false);

/// Gives way to the other thread of a pair.
fn wait() {
    assert!(!FAILED.load(Relaxed), "the other thread has failed");
    thread::yield_now();
}

/// Notes when a thread fails: else the other one would wait for ever.
struct NoteFailure;

impl Drop for NoteFailure {
    fn drop(&mut self) {
        FAILED.fetch_or(thread::panicking(), Relaxed);
    }
}

/// Each of two threads does its part, as often as the other one wants.
fn at_once(pair: &Pair) {
    let start = Barrier::new(2);
    let rounds = [const { AtomicU32::new(0) }; 2];
    let enough = || {
        let least = rounds.iter().map(|rounds| rounds.load(Relaxed)).min();
        least >= Some(MOST_ROUNDS) || least >= Some(ROUNDS) && pair.have_met()
    };
    let part = |own: usize, part: fn(&Pair, &mut Numbers)| {
        let _note_failure = NoteFailure;
        let mut numbers = Numbers::new(u32::MAX);
        start.wait();
        while !enough() && !FAILED.load(Relaxed) {
            part(pair, &mut numbers);
            rounds[own].fetch_add(1, Relaxed);
        }
    };
    println!("{:?}", pair.name());
    thread::scope(|scope| {
        let parts = [scope.spawn(|| part(0, Pair::first)), scope.spawn(|| part(1, Pair::second))];
        // Each by itself: a sanitizer sees that, and not how a scope waits.
        for part in parts {
            part.join().unwrap();
        }
    });
}

/// Threads take, pass on and give back blocks in every way there is.
pub(crate) fn no_block_is_handed_out_twice_or_lost_whatever_the_operation() {
    /// How often each context must have met the others, and what it does at least and at most for that.
    const MET: u32 = 1000;
    const OPERATIONS: u32 = 250_000;
    const MOST_OPERATIONS: u32 = 100 * OPERATIONS;

    let start = Barrier::new(THREADS as usize);
    // Whoever has met the others goes on for those that have not.
    let waiting = AtomicU32::new(THREADS);
    let work = |owner: u32| {
        let mut worker = Worker::new(owner);
        let mut is_waiting = true;
        start.wait();
        while waiting.load(Relaxed) != 0 && worker.done().operations < MOST_OPERATIONS {
            for _ in 0..200 {
                worker.step();
            }
            let done = worker.done();
            if is_waiting
                && done.operations >= OPERATIONS
                && done.refused.min(done.passed_on) >= MET
            {
                is_waiting = false;
                waiting.fetch_sub(1, Relaxed);
            }
            // There may be more threads than cores.
            thread::yield_now();
        }
        worker.finish();
        worker
    };
    let workers: Vec<Worker> = thread::scope(|scope| {
        let threads = (1..=THREADS).map(|owner| scope.spawn(move || work(owner)));
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    storm::assert_all_back();
    for worker in workers {
        let done = worker.done();
        assert!(done.refused.min(done.passed_on) >= MET, "{done:?}");
    }
}
