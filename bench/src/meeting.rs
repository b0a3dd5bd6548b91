//! Two threads that start when both are running.
//!
//! On a busy machine, both may share a core, one after the other: then nothing that they share is ever contended, and what
//! is measured is a single thread.

use std::{
    hint::spin_loop,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// How many turns each of them takes in a try.
const TURNS: u32 = 100;

/// A try that was as fast as that had no pause: a turn takes well below a microsecond, and a wait for a core a
/// millisecond and more.
const FAST: Duration = Duration::from_micros(200);

/// After which they give up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the two meet, once.
#[derive(Debug, Default)]
pub(crate) struct Meeting {
    /// Turns taken: even ones are the first thread's.
    turns: AtomicU32,
    /// Tries that were too slow.
    slow: AtomicU32,
    /// The end of the last try.
    outcome: AtomicU32,
    /// Threads that are ready to start.
    ready: AtomicU32,
}

const UNDECIDED: u32 = 0;
const MET: u32 = 1;
const GAVE_UP: u32 = 2;

impl Meeting {
    /// The first thread's part, which decides. Returns when both are running.
    pub(crate) fn first(&self) -> Result<()> {
        pin(0);
        let begin = Instant::now();
        let outcome = loop {
            let start = Instant::now();
            self.take_turns(0);
            if start.elapsed() < FAST {
                break MET;
            }
            if begin.elapsed() > PATIENCE {
                break GAVE_UP;
            }
            self.slow.fetch_add(1, Ordering::Release);
        };
        self.outcome.store(outcome, Ordering::Release);
        result(outcome)
    }

    /// The second thread's part.
    pub(crate) fn second(&self) -> Result<()> {
        pin(1);
        let mut slow = 0;
        loop {
            self.take_turns(1);
            // Decided, or there is another try.
            while self.outcome.load(Ordering::Acquire) == UNDECIDED
                && self.slow.load(Ordering::Acquire) == slow
            {
                spin_loop();
            }
            match self.outcome.load(Ordering::Acquire) {
                UNDECIDED => slow += 1,
                outcome => return result(outcome),
            }
        }
    }

    /// Returns to both at once. For those who have met.
    pub(crate) fn start_together(&self) {
        self.ready.fetch_add(1, Ordering::AcqRel);
        while self.ready.load(Ordering::Acquire) < 2 {
            spin_loop();
        }
    }

    fn take_turns(&self, parity: u32) {
        for _ in 0..TURNS {
            while self.turns.load(Ordering::Acquire) % 2 != parity {
                spin_loop();
            }
            self.turns.fetch_add(1, Ordering::AcqRel);
        }
    }
}

/// To a core of its own, if the system lets us choose: else two threads that wait for each other can share one for long.
fn pin(thread: usize) {
    let cores = core_affinity::get_core_ids().unwrap_or_default();
    if let Some(core) = cores.get(thread) {
        core_affinity::set_for_current(*core);
    }
}

fn result(outcome: u32) -> Result<()> {
    match outcome {
        MET => Ok(()),
        _ => bail!("two threads do not get two cores"),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn both_learn_how_it_ended() {
        let meeting = Meeting::default();
        thread::scope(|scope| {
            let first = scope.spawn(|| meeting.first().is_ok());
            let second = scope.spawn(|| meeting.second().is_ok());
            assert_eq!(first.join().unwrap(), second.join().unwrap());
        });
    }
}
