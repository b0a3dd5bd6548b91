//! `Defer`: runs a closure when it is dropped, also when that is because of a panic.

/// Runs its closure when it is dropped.
///
/// The handles give their blocks back through it, so that a `Drop` of the user's that panics does
/// not lose them.
pub(crate) struct Defer<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> Drop for Defer<F> {
    #[inline]
    fn drop(&mut self) {
        (self.0)();
    }
}
