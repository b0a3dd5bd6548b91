//! Whose turn it is: changes of several words, of which one is under way at a time.
//!
//! A change of several words cannot be made in one short stretch with interrupts off. So it is
//! written down in one place, [`TURN`], and then done step by step. Whoever comes meanwhile, an
//! interrupt or another core, does the remaining steps first and then his own work: he does not wait
//! for others, and nobody sees it half done.
//!
//! ```text
//!  main                        | interrupt                   | version | words
//!  begin: 6; 28..36 are free   |                             |       6 | 0000 0000, 0000 0000
//!  announces them              |                             |       7 | 0000 0000, 0000 0000
//!  first word                  |                             |       9 | f000 0000, 0000 0000
//!                              | begin: odd, so second word  |      10 | f000 0000, 0000 000f
//!                              | begin: 10; its own work     |      12 | f000 0001, 0000 000f
//!  second word: not 9, so no   |                             |      12 | f000 0001, 0000 000f
//!  begin: even, so it is done  |                             |      12 | f000 0001, 0000 000f
//! ```
//!
//! A change is announced only if nothing has changed since it was found to be possible, and while
//! it is under way nothing is taken but by it. So it cannot fail, and has nothing to report.

use core::ptr;

use super::RawMemBlocks;
use crate::bitmap::{self, Bits, WORD_BITS};
use crate::lock::{self, Key, Locked, Word, ready};
use crate::tally::Note;

/// One for all pools: a bitmap that is built at run time has no room for it, and the lock, under
/// which it changes, is one for all as well.
static TURN: Turn = Turn {
    version: Word::holding(FIRST),
    change: Locked::new(Change {
        pool: ptr::null(),
        kind: Kind::Toggle,
        at: 0,
        end: 0,
        list: ptr::null_mut(),
    }),
    no_entry: Locked::new(NoEntry(ptr::null_mut())),
};

/// The version that a program starts with. No test waits for it to come around: so under loom, and
/// where words are smaller for tests, that is two changes away.
const FIRST: u32 =
    if lock::IS_MODELLED || WORD_BITS < Bits::BITS as usize { 0_u32.wrapping_sub(4) } else { 0 };

struct Turn {
    /// Counts the changes of bitmaps of more than one word, by two; odd while one of several words
    /// is under way. It would have to come around within one operation to be mistaken.
    version: Word,
    /// What is under way while the version is odd.
    change: Locked<Change>,
    /// Where a step writes the address that has no address to write: shorter than to ask.
    no_entry: Locked<NoEntry>,
}

#[derive(Clone, Copy)]
#[repr(transparent)]
struct NoEntry(*mut u8);

// SAFETY: I3. It is written under the lock, and nobody reads it.
unsafe impl Send for NoEntry {}

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
}

/// What is done to the blocks.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Those from `at` to `end` are turned over: taken if they are free, or given back.
    Toggle,
    /// Those at the addresses in the list are given back.
    Free,
    /// As many as the list has entries are taken, in ascending order, and their addresses written
    /// to it.
    Take,
}

// SAFETY: I3. The pool is `Sync`, and what is in the list is reached under the lock alone.
unsafe impl Send for Change {}

/// A state to work on, after whatever is under way has been done.
pub(super) fn begin() -> Version {
    loop {
        let (version, step) = lock::with(|key| {
            let version = TURN.version.load();
            (version, is_odd(version).then(|| Step::next(TURN.change.get(key))))
        });
        match step {
            None => return Version(version),
            Some(step) => step.run(version),
        }
    }
}

/// A state of all bitmaps of more than one word, with nothing under way.
///
/// It is taken under the lock, and compared under the lock. So what was loaded between the two, in
/// any order, was there at that state, if it still is the current one: all changes up to it happened
/// before the loads, and the loads before any later one.
#[derive(Clone, Copy)]
pub(super) struct Version(u32);

impl Version {
    /// Whether nothing has changed since.
    pub(super) fn is_current(self) -> bool {
        self.if_current(|_| ()).is_some()
    }

    /// What is there under the lock, if nothing has changed since.
    #[inline]
    pub(super) fn if_current<R>(self, look: impl FnOnce(&mut Key) -> R) -> Option<R> {
        lock::with(|key| (self.0 == TURN.version.load()).then(|| look(key)))
    }

    /// Makes a change of several words, if nothing has changed since. As it cannot fail once it is announced, what is
    /// to be noted of it is noted then.
    ///
    /// # Safety
    ///
    /// The change is possible at this version, and is of at least one block. Its list has entries up
    /// to `end`, until this returns, and every context that uses a pool of more than one word can
    /// reach it.
    pub(super) unsafe fn make(self, change: &Change, note: Note) -> bool {
        let Change { pool, kind, at, end, list } = *change;
        let is_current = lock::with(|key| {
            let is_current = self.0 == TURN.version.load();
            if is_current {
                TURN.version.store(self.0.wrapping_add(1), key);
                // One by one: all at once would be a call of `memcpy` on some targets.
                let turn = TURN.change.get(key);
                turn.pool = pool;
                turn.kind = kind;
                turn.at = at;
                turn.end = end;
                turn.list = list;
                note.down(key);
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
    TURN.version.store(TURN.version.load().wrapping_add(2), key);
}

/// Proves that no change of several words is under way.
pub(super) struct Idle(u32);

/// Whether none is.
#[inline]
pub(super) fn idle(_key: &Key) -> Option<Idle> {
    let version = TURN.version.load();
    if is_odd(version) { None } else { Some(Idle(version)) }
}

impl Idle {
    /// Notes a change of one word.
    #[inline]
    pub(super) fn note(self, key: &mut Key) {
        TURN.version.store(self.0.wrapping_add(2), key);
    }
}

#[inline]
const fn is_odd(version: u32) -> bool {
    version % 2 != 0
}

/// What comes next in a change, to be worked out outside the lock.
struct Step {
    change: Change,
    /// The entry of the list that says which block: the one to give back, or the one taken last.
    block: *mut u8,
}

impl Step {
    #[inline]
    fn next(change: &Change) -> Self {
        let entry = match change.kind {
            Kind::Toggle => None,
            Kind::Free => Some(change.at),
            Kind::Take => change.at.checked_sub(1),
        };
        let block = entry.map_or(ptr::null_mut(), |entry| {
            // SAFETY: I11. The change is under way, so whoever announced it has not returned, and has
            // promised that the list has this entry and can be reached from here.
            let entry = unsafe { change.list.add(entry) };
            // SAFETY: I11, as above; and it was written before.
            unsafe { *entry }
        });
        let Change { pool, kind, at, end, list } = *change;
        // As in `make`.
        Self { change: Change { pool, kind, at, end, list }, block }
    }

    /// Does it, unless somebody else has.
    fn run(&self, version: u32) {
        let Change { pool, kind, at, end, list } = self.change;
        // SAFETY: I8. Nobody has an allocator but as one that lives as long as the program
        // (`MemBlocks::raw` takes it so).
        let pool = unsafe { &*pool };
        let (block, stop, next) = match kind {
            Kind::Toggle => {
                let stop = end.min((at / WORD_BITS + 1) * WORD_BITS);
                (at, stop, stop)
            }
            Kind::Free => {
                let block = pool.index_of_owned(self.block);
                (block, block + 1, at + 1)
            }
            Kind::Take => {
                let after = if at == 0 { 0 } else { pool.index_of_owned(self.block) + 1 };
                // As long as the change is under way, there is one.
                let Some(block) = pool.next_free(after) else {
                    return;
                };
                (block, block + 1, at + 1)
            }
        };
        let entry = match kind {
            Kind::Take => list.wrapping_add(at),
            Kind::Toggle | Kind::Free => TURN.no_entry.as_ptr().cast(),
        };
        let entry = ready!(entry);
        let place = pool.place_of(block);
        let blocks = ready!(bitmap::bits(block, stop - block));
        let address = ready!(pool.address_of(block).as_ptr());
        // The last one makes it even.
        let after = ready!(version.wrapping_add(if next == end { 1 } else { 2 }));
        lock::with(|key| {
            if TURN.version.load() != version {
                return;
            }
            TURN.version.store(after, key);
            let old = place.word.load();
            place.put(old, old ^ blocks, |old, new| old | new, key);
            TURN.change.get(key).at = next;
            // SAFETY: I11, as in `next`; or it is one that only steps write, under the lock (I3).
            unsafe { *entry = address };
        });
    }
}
