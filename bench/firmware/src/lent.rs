//! Memory for the contenders that are given theirs at run time.

use core::cell::UnsafeCell;

/// A variable that is lent for good, once.
#[derive(Debug)]
pub struct Lent<T>(UnsafeCell<T>);

// SAFETY: only the one who calls `lend` uses the value.
unsafe impl<T> Sync for Lent<T> {}

impl<T> Lent<T> {
    pub const fn new(value: T) -> Self {
        Lent(UnsafeCell::new(value))
    }

    /// # Safety
    ///
    /// It is called once, in the context that uses the value from then on.
    #[expect(clippy::mut_from_ref, reason = "called once, says its contract")]
    pub unsafe fn lend(&'static self) -> &'static mut T {
        // SAFETY: there is no other reference, says the contract.
        unsafe { &mut *self.0.get() }
    }
}
