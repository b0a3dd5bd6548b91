//! What the statistics of an allocator are counted in.
//!
//! Blocks are counted in the same critical section in which the bitmap changes, so that at every moment both say the
//! same. Without the feature `stats` nothing of it is left: the types have no size, and the functions do nothing.

use crate::lock::Key;

#[cfg(feature = "stats")]
pub(crate) use counted::{Counts, Note, Tallied, Tally};
#[cfg(not(feature = "stats"))]
pub(crate) use uncounted::{Note, Tallied, Tally};

impl Tallied {
    /// To be noted under the lock when so many blocks are taken.
    #[inline]
    pub(crate) fn taken(self, count: usize) -> Note {
        self.note(0_isize.wrapping_add_unsigned(count))
    }

    /// To be noted under the lock when so many blocks are given back.
    #[inline]
    pub(crate) fn given_back(self, count: usize) -> Note {
        self.note(0_isize.wrapping_sub_unsigned(count))
    }
}

#[cfg(feature = "stats")]
mod counted {
    use super::Key;
    use crate::lock::{self, Locked};

    /// The counts of an allocator: in its bitmap, because they are in RAM and begin with zeros as well.
    pub(crate) struct Tally(Locked<Counts>);

    #[derive(Clone, Copy)]
    pub(crate) struct Counts {
        /// Blocks that are not free, those included of which it is announced that they will not be.
        pub(crate) used: usize,
        pub(crate) max_used: usize,
        pub(crate) refusals: u32,
    }

    impl Tally {
        pub(crate) const fn new() -> Self {
            Self(Locked::new(Counts { used: 0, max_used: 0, refusals: 0 }))
        }
    }

    /// Where a descriptor has its counts.
    #[derive(Clone, Copy)]
    pub(crate) struct Tallied(&'static Tally);

    impl Tallied {
        pub(crate) const fn of(tally: &'static Tally) -> Self {
            Self(tally)
        }

        #[inline]
        pub(super) fn note(self, change: isize) -> Note {
            // Worked out before the lock is taken: to count bits is long where there is no instruction for it.
            Note { counts: self.0.0.ready(), change: lock::ready_number(change) }
        }

        /// Counts a request for blocks that was refused.
        #[cold]
        pub(crate) fn refused(self) {
            lock::with(|key| {
                let counts = self.counts(key);
                counts.refusals = counts.refusals.saturating_add(1);
            });
        }

        /// Lets the largest number of used blocks be the one that is used now.
        pub(crate) fn reset_max_used(self) {
            lock::with(|key| {
                let counts = self.counts(key);
                counts.max_used = counts.used;
            });
        }

        #[inline]
        pub(crate) fn counts(self, key: &mut Key) -> &mut Counts {
            self.0.0.get(key)
        }
    }

    /// How many blocks more or fewer are used.
    #[derive(Clone, Copy)]
    pub(crate) struct Note {
        counts: &'static Locked<Counts>,
        change: isize,
    }

    impl Note {
        #[inline]
        pub(crate) fn down(self, key: &mut Key) {
            let counts = self.counts.get(key);
            counts.used = counts.used.wrapping_add_signed(self.change);
            counts.max_used = counts.max_used.max(counts.used);
        }
    }
}

#[cfg(not(feature = "stats"))]
mod uncounted {
    use super::Key;

    pub(crate) struct Tally;

    impl Tally {
        pub(crate) const fn new() -> Self {
            Self
        }
    }

    #[derive(Clone, Copy)]
    pub(crate) struct Tallied;

    #[expect(clippy::unused_self, reason = "who counts, counts somewhere")]
    impl Tallied {
        pub(crate) const fn of(_: &'static Tally) -> Self {
            Self
        }

        #[inline]
        pub(super) fn note(self, _: isize) -> Note {
            Note
        }

        #[inline]
        pub(crate) fn refused(self) {}
    }

    #[derive(Clone, Copy)]
    pub(crate) struct Note;

    #[expect(clippy::unused_self, reason = "as above")]
    impl Note {
        #[inline]
        pub(crate) fn down(self, _: &mut Key) {}
    }
}
