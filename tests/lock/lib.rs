//! A critical section that counts, for each thread: so that tests which run side by side do not see each other.

use std::{
    cell::Cell,
    hint,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

thread_local! {
    static TAKEN: Cell<u32> = const { Cell::new(0) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

static HELD: AtomicBool = AtomicBool::new(false);

/// Wrong on purpose with the feature: what was done under the lock need not have happened before it is taken again.
const RELEASE: Ordering =
    if cfg!(feature = "break-lock") { Ordering::Relaxed } else { Ordering::Release };

struct Counting;

critical_section::set_impl!(Counting);

// SAFETY: the outermost section of a thread holds `HELD`, so that those of other threads wait; the others nest in it.
unsafe impl critical_section::Impl for Counting {
    unsafe fn acquire() {
        if DEPTH.get() == 0 {
            while HELD.swap(true, Ordering::Acquire) {
                hint::spin_loop();
            }
        }
        DEPTH.set(DEPTH.get() + 1);
        TAKEN.set(TAKEN.get() + 1);
    }

    unsafe fn release((): ()) {
        DEPTH.set(DEPTH.get() - 1);
        if DEPTH.get() == 0 {
            HELD.store(false, RELEASE);
        }
    }
}

/// How often a change of one word takes the lock: not at all, where it is an exchange.
///
/// The host has a compare-and-swap; `--cfg mem_blocks_no_compare_and_swap` makes it do without.
pub const EXCHANGE: u32 = if cfg!(mem_blocks_no_compare_and_swap) { 1 } else { 0 };

/// As long as it lives, no other thread that asks for it goes on.
///
/// For tests of larger pools: what one thread does to one of them can make another thread, that works on any of them,
/// look again or finish it.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    // A test that has failed leaves nothing that matters to the others.
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `operation` returns.
///
/// # Panics
///
/// If it does not take the lock exactly `times` times, or the lock is held before or after it.
#[track_caller]
pub fn takes<R>(times: u32, operation: impl FnOnce() -> R) -> R {
    let (result, taken) = counted(operation);
    assert_eq!(taken, times, "so many times is the lock taken");
    result
}

/// What `operation` returns.
///
/// # Panics
///
/// If it takes the lock more than `most` times, or the lock is held before or after it.
#[track_caller]
pub fn takes_up_to<R>(most: u32, operation: impl FnOnce() -> R) -> R {
    let (result, taken) = counted(operation);
    assert!(taken <= most, "the lock is taken {taken} times, not {most} at most");
    result
}

/// What `operation` returns, and how often it takes the lock.
///
/// # Panics
///
/// If the lock is held before or after it.
#[track_caller]
pub fn counted<R>(operation: impl FnOnce() -> R) -> (R, u32) {
    assert_unlocked();
    let before = TAKEN.get();
    let result = operation();
    assert_unlocked();
    (result, TAKEN.get() - before)
}

/// # Panics
///
/// If this thread holds the lock: for code of the user's, which must never run under it.
#[track_caller]
pub fn assert_unlocked() {
    assert_eq!(DEPTH.get(), 0, "the lock is held");
}
