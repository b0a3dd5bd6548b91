//! A critical section for a program of one thread: it counts, and wants not to be nested, as the crate says of itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static HELD: AtomicBool = AtomicBool::new(false);
static TAKEN: AtomicU64 = AtomicU64::new(0);

struct OneThread;

critical_section::set_impl!(OneThread);

// SAFETY: the program has one thread, so nobody else is there to be kept out.
unsafe impl critical_section::Impl for OneThread {
    // Loads and stores, which are cheaper than exchanges.
    unsafe fn acquire() {
        assert!(!HELD.load(Ordering::Relaxed), "the lock is taken by who holds it");
        HELD.store(true, Ordering::Relaxed);
        TAKEN.store(taken() + 1, Ordering::Relaxed);
    }

    unsafe fn release((): ()) {
        HELD.store(false, Ordering::Relaxed);
    }
}

/// How often it has been taken.
pub(crate) fn taken() -> u64 {
    TAKEN.load(Ordering::Relaxed)
}
