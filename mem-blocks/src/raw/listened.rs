//! Allocators with a listener: their operations are those of the others, and tell it of each.
//!
//! It is told of blocks while they are not free: after they are taken, and before they are given back. So what it hears
//! of one block is in order, whoever uses it: taken, given back, taken.

use core::ops::Range;
use core::ptr;
use core::slice;

use super::freed::{member_of, refusal};
use super::operations::{Expected, Operations};
use super::{RawMemBlocks, one};
use crate::bitmap::Bits;
use crate::defer::Defer;
use crate::error::{AllocError, ClaimError, FreeError, FreeErrorKind};
use crate::listener::{Blocks, Event, Listener};

/// Who is told, and what is done otherwise.
#[derive(Clone, Copy)]
pub(super) struct Listened {
    listener: Listener,
    inner: &'static Operations,
}

/// The operations of an allocator of one word of blocks, as a table for those with a listener.
static ONE: Operations = Operations {
    summed: false,
    listened: None,
    take_lowest_in_turn: |pool| pool.one().take_lowest(),
    take_in_word: |pool, count| (0, pool.one().take_some(count)),
    // Blocks of several words: there are none.
    take_each: |_, _, _| false,
    take_run: |pool, min, max| one::take_run(pool, min, max).map(|(start, len)| start..start + len),
    turn_over: |pool, range, Expected(expected)| match expected {
        0 if one::claim(pool, range) => Ok(()),
        0 => Err(range.start),
        _ => one::free_run(pool, range),
    },
    free_each: one::free_each,
    give_back_each: |_, _| {},
    give_back_one: |pool, block| one::give_back_one(pool, block, pool.stride()),
    give_back: |pool, first, count| one::give_back(pool, first, count, pool.stride()),
    give_back_in_word: |pool, _, blocks| pool.one().give_back(blocks),
    is_free: one::is_free,
    used: one::used,
    largest_free_run: one::largest_free_run,
    #[cfg(feature = "stats")]
    counts: one::counts,
};

impl Operations {
    /// The same with a listener.
    pub(crate) const fn told(inner: Option<&'static Self>, listener: Listener) -> Self {
        let inner = match inner {
            None => &ONE,
            Some(inner) => inner,
        };
        Self {
            listened: Some(Listened { listener, inner }),
            take_lowest_in_turn,
            take_in_word,
            take_each,
            take_run,
            turn_over,
            free_each,
            give_back_each,
            give_back_one,
            give_back,
            give_back_in_word,
            ..*inner
        }
    }
}

impl RawMemBlocks {
    /// Whether it has a listener. Of a named allocator, the compiler knows.
    #[inline]
    pub(super) fn is_listened(&self) -> bool {
        self.listened().is_some()
    }

    #[cold]
    #[inline(never)]
    pub(super) fn tell_alloc_refused(&self, count: usize, error: AllocError) {
        self.tell(|| Event::AllocRefused { count, error });
    }

    #[cold]
    #[inline(never)]
    pub(super) fn tell_claim_refused(&self, range: Range<usize>, error: ClaimError) {
        self.tell(|| Event::ClaimRefused { blocks: Blocks::adjacent(self, range), error });
    }

    /// Tells the listener of whichever member has the block that is the reason of an error.
    #[cold]
    #[inline(never)]
    pub(super) fn tell_member(members: &[&Self], blocks: &[*mut u8], error: FreeError) {
        let address = wrong_entry(blocks, error);
        if let Some(member) = member_of(members, address) {
            member.tell_free_refused(address, error);
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn tell_free_refused(&self, address: *mut u8, error: FreeError) {
        self.tell(|| Event::FreeRefused { address, error });
    }

    /// Tells the listener, if there is one.
    #[inline]
    fn tell<'a>(&'a self, event: impl FnOnce() -> Event<'a>) {
        if let Some(listened) = self.listened() {
            (listened.listener)(self, event());
        }
    }

    #[inline]
    fn listened(&self) -> Option<Listened> {
        self.operations.and_then(|operations| operations.listened)
    }

    /// What it does without its listener.
    fn inner(&self) -> &'static Operations {
        self.listened().map_or(&ONE, |listened| listened.inner)
    }
}

fn take_lowest_in_turn(pool: &RawMemBlocks) -> Option<usize> {
    let taken = (pool.inner().take_lowest_in_turn)(pool);
    match taken {
        Some(index) => pool.tell(|| Event::Alloc(Blocks::adjacent(pool, index..index + 1))),
        None => pool.tell_alloc_refused(1, AllocError::Exhausted),
    }
    taken
}

/// Tells of no refusal: blocks of several words are asked for next.
fn take_in_word(pool: &RawMemBlocks, count: usize) -> (usize, Bits) {
    let (first, blocks) = (pool.inner().take_in_word)(pool, count);
    if blocks != 0 {
        pool.tell(|| Event::Alloc(Blocks::in_word(pool, first, blocks)));
    }
    (first, blocks)
}

/// # Safety
///
/// As for the operation of a pool of several words.
unsafe fn take_each(pool: &RawMemBlocks, list: *mut *mut u8, count: usize) -> bool {
    // SAFETY: I11, passed on to the caller.
    let taken = unsafe { (pool.inner().take_each)(pool, list, count) };
    if taken {
        // SAFETY: I11. The list has as many entries, which were written just now, and nobody else has access to it.
        let blocks = unsafe { slice::from_raw_parts(list, count) };
        pool.tell(|| Event::Alloc(Blocks::listed(pool, blocks)));
    } else {
        pool.tell_alloc_refused(count, AllocError::Exhausted);
    }
    taken
}

fn take_run(pool: &RawMemBlocks, min: usize, max: usize) -> Option<Range<usize>> {
    let run = (pool.inner().take_run)(pool, min.max(1), max);
    match &run {
        Some(run) => pool.tell(|| Event::Alloc(Blocks::adjacent(pool, run.clone()))),
        // No block is as good as one.
        None if min == 0 => {}
        None => pool.tell_alloc_refused(min, AllocError::Exhausted),
    }
    run
}

fn turn_over(pool: &RawMemBlocks, range: &Range<usize>, expected: Expected) -> Result<(), usize> {
    let blocks = || Blocks::adjacent(pool, range.clone());
    let Operations { turn_over, is_free, .. } = pool.inner();
    if expected.0 == 0 {
        let claimed = turn_over(pool, range, expected);
        match claimed {
            Ok(()) => pool.tell(|| Event::Claim(blocks())),
            Err(_) => pool.tell_claim_refused(range.clone(), ClaimError::Taken),
        }
        return claimed;
    }
    let free = range.clone().find(|&index| is_free(pool, &(index..index + 1)));
    let freed = free.map_or_else(
        || {
            pool.tell(|| Event::Free(blocks()));
            turn_over(pool, range, expected)
        },
        Err,
    );
    freed.inspect_err(|&free| {
        let error = FreeError::new(free - range.start, FreeErrorKind::NotAllocated);
        pool.tell_free_refused(pool.address_of(free).as_ptr(), error);
    })
}

fn free_each(pool: &RawMemBlocks, blocks: &[*mut u8]) -> Result<(), FreeError> {
    let freed = refusal(&[pool], blocks, None).map_or_else(
        || {
            pool.tell(|| Event::Free(Blocks::listed(pool, blocks)));
            (pool.inner().free_each)(pool, blocks)
        },
        Err,
    );
    freed.inspect_err(|&error| pool.tell_free_refused(wrong_entry(blocks, error), error))
}

fn give_back_each(pool: &RawMemBlocks, blocks: &[*mut u8]) {
    let _give_back = Defer(|| (pool.inner().give_back_each)(pool, blocks));
    if !blocks.is_empty() {
        pool.tell(|| Event::Free(Blocks::listed(pool, blocks)));
    }
}

fn give_back_one(pool: &RawMemBlocks, block: *mut u8) {
    let _give_back = Defer(|| (pool.inner().give_back_one)(pool, block));
    let index = pool.index_of_owned(block);
    pool.tell(|| Event::Free(Blocks::adjacent(pool, index..index + 1)));
}

fn give_back(pool: &RawMemBlocks, first: *mut u8, count: usize) {
    let _give_back = Defer(|| (pool.inner().give_back)(pool, first, count));
    let start = pool.index_of_owned(first);
    pool.tell(|| Event::Free(Blocks::adjacent(pool, start..start + count)));
}

fn give_back_in_word(pool: &RawMemBlocks, first: usize, blocks: Bits) {
    let _give_back = Defer(|| (pool.inner().give_back_in_word)(pool, first, blocks));
    pool.tell(|| Event::Free(Blocks::in_word(pool, first, blocks)));
}

/// The address in a list that is the reason of an error.
fn wrong_entry(blocks: &[*mut u8], error: FreeError) -> *mut u8 {
    blocks.get(error.entry()).copied().unwrap_or(ptr::null_mut())
}
