//! Critical sections of our own.

use critical_section::{Impl, RawRestoreState, set_impl};

struct Lock;
set_impl!(Lock);

/// None at all: it breaks the contract on purpose, to show that the storm notices.
#[cfg(feature = "break-lock")]
// SAFETY: none.
unsafe impl Impl for Lock {
    unsafe fn acquire() -> RawRestoreState {
        RawRestoreState::default()
    }
    unsafe fn release(_: RawRestoreState) {}
}

#[cfg(all(feature = "two-harts", not(feature = "break-lock")))]
mod two_harts {
    use core::sync::atomic::{AtomicUsize, Ordering};

    use riscv::register::{mhartid, mstatus};

    use super::{Impl, Lock, RawRestoreState};

    /// The hart that is in a critical section.
    static OWNER: AtomicUsize = AtomicUsize::new(NOBODY);
    /// No hart has this number. It is 0, so that the variable is in `.bss`.
    const NOBODY: usize = 0;

    /// Interrupts were on.
    const INTERRUPTS: u8 = 1;
    /// This section lies in another one of the same hart.
    const NESTED: u8 = 2;

    // SAFETY: interrupts are off from before the lock is tried for until behind where it is given back, so that what
    // interrupts the owner is not left waiting for it. Nobody but its owner stores another value in a lock that is
    // taken; taking it acquires what the last owner released. A hart that owns it already takes it once more for
    // nothing, and gives it back where it first took it.
    unsafe impl Impl for Lock {
        unsafe fn acquire() -> RawRestoreState {
            let interrupts = if mstatus::read().mie() { INTERRUPTS } else { 0 };
            riscv::interrupt::disable();
            if cfg!(feature = "break-spin") {
                // Right for one hart, and the mistake that is made most often with two.
                return interrupts | NESTED;
            }
            let own = mhartid::read() + 1;
            if OWNER.load(Ordering::Relaxed) == own {
                return interrupts | NESTED;
            }
            while OWNER
                .compare_exchange_weak(NOBODY, own, Ordering::Acquire, Ordering::Relaxed)
                .is_err()
            {
                core::hint::spin_loop();
            }
            interrupts
        }

        unsafe fn release(before: RawRestoreState) {
            if before & NESTED == 0 {
                OWNER.store(NOBODY, Ordering::Release);
            }
            if before & INTERRUPTS != 0 {
                // SAFETY: they were on where this section began.
                unsafe { riscv::interrupt::enable() };
            }
        }
    }
}
