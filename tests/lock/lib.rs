//! A critical section that counts, for each thread: so that tests which run side by side do not see each other.

use std::{
    cell::Cell,
    hint,
    sync::atomic::{AtomicBool, Ordering},
};

thread_local! {
    static TAKEN: Cell<u32> = const { Cell::new(0) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

static HELD: AtomicBool = AtomicBool::new(false);

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
            HELD.store(false, Ordering::Release);
        }
    }
}

/// What `operation` returns.
///
/// # Panics
///
/// If it does not take the lock exactly `times` times, or the lock is held before or after it.
#[track_caller]
pub fn takes<R>(times: u32, operation: impl FnOnce() -> R) -> R {
    assert_unlocked();
    let before = TAKEN.get();
    let result = operation();
    assert_unlocked();
    assert_eq!(TAKEN.get() - before, times, "so many times is the lock taken");
    result
}

/// # Panics
///
/// If this thread holds the lock: for code of the user's, which must never run under it.
#[track_caller]
pub fn assert_unlocked() {
    assert_eq!(DEPTH.get(), 0, "the lock is held");
}
