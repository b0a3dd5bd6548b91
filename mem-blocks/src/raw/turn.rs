//! Whose turn it is: changes of several words, of which one is under way at a time.
//!
//! A change of several words cannot be made in one short stretch with interrupts off. So it is
//! written down in one place, [`TURN`], and then done step by step. Whoever comes meanwhile, an
//! interrupt or another core, does the remaining steps first and then his own work: nobody waits,
//! and nobody sees it half done.
//!
//! ```text
//!  main                        | interrupt                    | version | words
//!  begin: 6, all free          |                              |       6 | 0000 0000
//!  announce blocks 2..6        |                              |       7 | 0000 0000
//!  first word                  |                              |       9 | 1100 0000
//!                              | begin: odd, so second word   |      12 | 1100 1100
//!                              | begin: 12; its own work      |      14 | 1110 1100
//!  second word: not 9, so no   |                              |      14 | 1110 1100
//!  begin: even, so it is done  |                              |      14 | 1110 1100
//! ```
//!
//! A change is announced only if nothing has changed since it was found to be possible, and while
//! it is under way nothing is taken but by it. So it cannot fail, and has nothing to report.

use core::ptr;

use super::RawMemBlocks;
use crate::bitmap::{self, Bits, WORD_BITS};
use crate::lock::{self, Key, Locked, Word};

/// Counts the changes of bitmaps of more than one word, by two; odd while one of several words is
/// under way.
///
/// One for all pools: a bitmap that is built at run time has no room for it, and the lock, under
/// which it changes, is one for all as well. It would have to come around within one operation to
/// be mistaken.
static VERSION: Word = Word::new();

/// What is under way while the version is odd.
static TURN: Locked<Change> = Locked::new(Change {
    pool: ptr::null(),
    kind: Kind::Toggle,
    at: 0,
    end: 0,
    list: ptr::null_mut(),
    from: 0,
});

/// A state of all bitmaps of more than one word, with nothing under way.
#[derive(Clone, Copy)]
pub(super) struct Version(u32);

/// A change of several words.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) pool: *const RawMemBlocks,
    pub(super) kind: Kind,
    /// How far it is: a block, or a place in the list.
    pub(super) at: usize,
    pub(super) end: usize,
    /// Where the addresses of the blocks are, or come.
    pub(super) list: *mut *mut u8,
    /// The block from which on the next one is looked for.
    pub(super) from: usize,
}

/// What is done to the blocks.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Those from `at` to `end` are turned over: taken if they are free, or given back.
    Toggle,
    /// Those at the addresses in the list are given back.
    Free,
    /// As many as the list has entries are taken, and their addresses written to it.
    Take,
}

// SAFETY: the pool is `Sync`, and what is in the list is reached under the lock alone.
unsafe impl Send for Change {}

/// A state to work on, after whatever is under way has been done.
pub(super) fn begin() -> Version {
    loop {
        let (version, change) = lock::with(|key| {
            let version = VERSION.load();
            (version, is_odd(version).then(|| Step::of(TURN.get(key))))
        });
        match change {
            None => return Version(version),
            Some(step) => step.run(version),
        }
    }
}

impl Version {
    /// Whether nothing has changed since.
    pub(super) fn is_current(self) -> bool {
        lock::with(|_| self.0 == VERSION.load())
    }

    /// Turns over blocks of one word, if nothing has changed since.
    pub(super) fn toggle(self, pool: &RawMemBlocks, word: usize, blocks: Bits) -> bool {
        let place = pool.place(word, pool.num_blocks());
        lock::with(|key| {
            let is_current = self.0 == VERSION.load();
            if is_current {
                VERSION.store(self.0.wrapping_add(2), key);
                let old = place.word.load();
                place.put(old, old ^ blocks, key);
            }
            is_current
        })
    }

    /// Makes a change of several words, if nothing has changed since.
    ///
    /// # Safety
    ///
    /// It is possible at this version. Its list is valid until this returns.
    pub(super) unsafe fn make(self, change: &Change) -> bool {
        let is_current = lock::with(|key| {
            let is_current = self.0 == VERSION.load();
            if is_current {
                VERSION.store(self.0.wrapping_add(1), key);
                *TURN.get(key) = *change;
            }
            is_current
        });
        if is_current {
            begin();
        }
        is_current
    }
}

/// Notes a change of one word.
#[inline]
pub(super) fn note(key: &mut Key) {
    VERSION.store(VERSION.load().wrapping_add(2), key);
}

/// Whether a change of several words is under way.
#[inline]
pub(super) fn is_busy(_key: &Key) -> bool {
    is_odd(VERSION.load())
}

#[inline]
const fn is_odd(version: u32) -> bool {
    version % 2 != 0
}

/// One step of a change, to be worked out outside the lock.
struct Step {
    pool: *const RawMemBlocks,
    kind: Kind,
    /// As in `Change`; to take, the block from which on to look.
    at: usize,
    end: usize,
    address: *mut u8,
}

impl Step {
    #[inline]
    fn of(change: &Change) -> Self {
        let Change { pool, kind, at, end, list, from } = *change;
        match kind {
            Kind::Toggle => Self { pool, kind, at, end, address: ptr::null_mut() },
            // SAFETY: the change is under way, so whoever announced it has not returned, and keeps
            // its list.
            Kind::Free => Self { pool, kind, at, end, address: unsafe { *list.add(at) } },
            Kind::Take => Self { pool, kind, at: from, end, address: ptr::null_mut() },
        }
    }

    /// Does the step, unless somebody else has.
    fn run(&self, version: u32) {
        // SAFETY: every allocator is a `static`, or lives as long as one.
        let pool = unsafe { &*self.pool };
        let (start, end) = match self.kind {
            Kind::Toggle => (self.at, self.end.min((self.at / WORD_BITS + 1) * WORD_BITS)),
            Kind::Free => {
                let block = pool.index_of(self.address).unwrap_or(0);
                (block, block + 1)
            }
            Kind::Take => {
                let block = pool.next_free(self.at);
                (block, block + 1)
            }
        };
        let address = pool.address_of(start).as_ptr();
        let blocks = bitmap::bits(start, end - start);
        let place = pool.place(start / WORD_BITS, pool.num_blocks());
        lock::with(|key| {
            if VERSION.load() != version {
                return;
            }
            let old = place.word.load();
            place.put(old, old ^ blocks, key);
            let change = TURN.get(key);
            match self.kind {
                Kind::Toggle => change.at = end,
                Kind::Free => change.at += 1,
                Kind::Take => {
                    // SAFETY: as in `of`.
                    unsafe { *change.list.add(change.at) = address };
                    change.at += 1;
                    change.from = end;
                }
            }
            // The last one makes it even.
            let steps = if change.at == change.end { 1 } else { 2 };
            VERSION.store(version.wrapping_add(steps), key);
        });
    }
}
