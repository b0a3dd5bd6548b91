//! Random sequences on one allocator or group: made, performed, and shortened where something is wrong.

use std::{
    cell::{Cell, RefCell},
    fmt::Debug,
    panic::{self, AssertUnwindSafe},
};

use mem_blocks::RawMemBlocks;
use proptest::{
    prelude::*,
    test_runner::{Config, Reason, RngAlgorithm, TestError, TestRng, TestRunner},
};

use crate::{
    model,
    tally::{Kind, Outcome, Tally},
};

/// Operations in a sequence, at most. Long enough to fill the largest pool, and to leave it in pieces.
const LONGEST: usize = 300;

/// What operations are performed on, and what it must be like.
pub(crate) trait Subject {
    type Operation: Clone + Debug;

    const KINDS: &'static [Kind];

    fn operation() -> BoxedStrategy<Self::Operation>;

    /// The place in `KINDS`.
    fn kind(operation: &Self::Operation) -> usize;

    /// Performs it, and panics if it does not do what it must. `None`: there was nothing to do it with.
    fn perform(&mut self, operation: &Self::Operation) -> Option<Outcome>;

    /// Compares all that can be seen, and panics if it is not as it must be.
    fn compare(&self);

    /// Gives back all that is taken.
    fn end(&mut self);
}

/// A place for the next of many, so that all are met in no order.
pub(crate) fn somewhere_else(place: u16) -> u16 {
    place.wrapping_mul(25_173).wrapping_add(13_849)
}

/// What all random numbers are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    /// Random numbers for a subject, others for each name.
    fn numbers(self, name: &str) -> TestRng {
        let mut seed = [0; 32];
        let (number, rest) = seed.split_at_mut(8);
        number.copy_from_slice(&self.0.to_le_bytes());
        for (at, byte) in name.bytes().enumerate() {
            // Names are longer than what is left, and differ everywhere.
            let place = &mut rest[at % 24];
            *place = place.rotate_left(3) ^ byte;
        }
        TestRng::from_seed(RngAlgorithm::ChaCha, &seed)
    }
}

/// Performs at least so many operations on one subject after the other; each starts with all blocks free, as `start` makes
/// it of the pools.
pub(crate) fn run<S: Subject>(
    name: &str,
    pools: &[&RawMemBlocks],
    start: impl Fn() -> S,
    operations: u64,
    seed: Seed,
) -> Result<Tally, String> {
    let config =
        Config { failure_persistence: None, max_shrink_iters: 100_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, seed.numbers(name));
    let sequences = prop::collection::vec(S::operation(), 1..=LONGEST);
    let tally = RefCell::new(Tally::new(S::KINDS));
    let perform = |sequence: Vec<S::Operation>| {
        if !pools.iter().all(|pool| is_free_again(pool)) {
            // A shorter one was not tried, so it is not one that fails. What was found before is not as short as it
            // could be then, but fails.
            return Err(TestCaseError::reject("what has failed cannot be undone"));
        }
        said(|| perform::<S>(&start, &sequence, &mut tally.borrow_mut()))
            .map_err(TestCaseError::fail)
    };
    while tally.borrow().operations() < operations {
        let sequence = sequences.new_tree(&mut runner).map_err(|reason| reason.to_string())?;
        match runner.run_one(sequence, perform) {
            Ok(true) => {}
            Ok(false) => return Err(format!("{name}: the blocks were not free at the start")),
            Err(TestError::Abort(reason)) => return Err(format!("{name}: {reason}")),
            Err(TestError::Fail(reason, sequence)) => {
                let (reason, sequence) = without_needless(reason, sequence, perform);
                return Err(failure(name, reason.message(), &sequence));
            }
        }
    }
    Ok(tally.into_inner())
}

/// The same failure without the operations that do not matter: each was needed only as long as others were what they
/// were before they were made simple.
fn without_needless<O: Clone>(
    mut reason: Reason,
    mut sequence: Vec<O>,
    perform: impl Fn(Vec<O>) -> Result<(), TestCaseError>,
) -> (Reason, Vec<O>) {
    // Round and round, until each was tried since the last one was left out.
    let (mut at, mut needed) = (0, 0);
    while needed < sequence.len() {
        at %= sequence.len();
        let mut shorter = sequence.clone();
        shorter.remove(at);
        if let Err(TestCaseError::Fail(why)) = perform(shorter.clone()) {
            (reason, sequence, needed) = (why, shorter, 0);
        } else {
            at += 1;
            needed += 1;
        }
    }
    (reason, sequence)
}

fn perform<S: Subject>(start: impl Fn() -> S, sequence: &[S::Operation], tally: &mut Tally) {
    let mut subject = start();
    for operation in sequence {
        if let Some(outcome) = subject.perform(operation) {
            tally.count(S::kind(operation), outcome);
        }
        subject.compare();
    }
    subject.end();
    subject.compare();
}

fn failure<O: Debug>(name: &str, reason: &str, sequence: &[O]) -> String {
    let lines: Vec<_> = sequence.iter().map(|operation| format!("    {operation:?}")).collect();
    let count = sequence.len();
    format!("{name}: {reason}\n  the shortest sequence found, of {count}:\n{}", lines.join("\n"))
}

/// Makes all blocks of a pool free, whatever a sequence that failed has left. Says whether they are.
fn is_free_again(pool: &RawMemBlocks) -> bool {
    let is_free = || said(|| pool.assert_valid()).is_ok() && pool.used() == 0;
    if is_free() {
        return true;
    }
    let _ = said(|| {
        let each = || (0..pool.num_blocks()).map(|block| model::address(pool, block));
        // Once more with all of them taken: that sets right some of the summaries that are wrong.
        for round in 0..2 {
            each().for_each(|block| {
                // SAFETY: the sequence has ended, and nothing uses the blocks.
                let _ = unsafe { pool.free(&[block]) };
            });
            if round == 0 {
                each().for_each(|block| {
                    let _ = pool.claim(block, 1);
                });
            }
        }
    });
    is_free()
}

thread_local! {
    /// Whether a panic is one that is looked for, and what it says.
    static IS_EXPECTED: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What a panic says, and where it was, instead of the panic. [`listen`] comes first.
fn said(run: impl FnOnce()) -> Result<(), String> {
    let before = IS_EXPECTED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    IS_EXPECTED.set(before);
    result.map_err(|_| LAST.take())
}

/// From now on, panics in sequences are not printed: shortening one that fails meets hundreds of them.
pub(crate) fn listen() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if IS_EXPECTED.get() {
            let place = panic.location().map(|place| format!(" ({place})")).unwrap_or_default();
            let payload = panic.payload();
            let message = payload.downcast_ref::<String>().map(String::as_str);
            let message = message.or_else(|| payload.downcast_ref().copied());
            let message = message.unwrap_or("a panic without words");
            LAST.set(format!("{message}{place}"));
        } else {
            print(panic);
        }
    }));
}
