//! The lock: the one way to the state that interrupts, tasks and cores share.
//!
//! The only file that knows `critical-section`.

use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::panic::{RefUnwindSafe, UnwindSafe};

/// Holding a `Key` proves that the lock is held.
///
/// At most one exists at any time in the whole program: see [`with`].
pub(crate) struct Key {
    // Neither `Send` nor `Sync`, and made by `with` alone.
    _not_send: PhantomData<*mut ()>,
}

/// Runs `f` under the lock.
///
/// Critical sections nest, so a critical section alone would not make the key unique. It is unique
/// because `f` never calls `with`: every closure given to it is in this crate, and calls neither
/// user code (closures, `Drop`, formatting) nor another operation of an allocator (I3).
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&mut Key) -> R) -> R {
    critical_section::with(|_| f(&mut Key { _not_send: PhantomData }))
}

/// State that only the holder of the lock reaches.
#[repr(transparent)]
pub(crate) struct Locked<T: ?Sized> {
    value: UnsafeCell<T>,
}

// SAFETY: I3. The value is reached through `get` alone, which takes the key, of which there is
// one: accesses from several contexts or cores exclude each other. `T: Send`, because it is
// whoever holds the key, in whatever context, who uses the value.
unsafe impl<T: ?Sized + Send> Sync for Locked<T> {}

// Nothing panics under the lock, so no state is left half changed by a panic.
impl<T: ?Sized> RefUnwindSafe for Locked<T> {}
impl<T: ?Sized> UnwindSafe for Locked<T> {}

impl<T> Locked<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value: UnsafeCell::new(value) }
    }
}

impl<T: ?Sized> Locked<T> {
    /// The value. The key is borrowed as long as it is, so that no two values, and no value
    /// twice, can be reached at a time.
    #[inline]
    pub(crate) const fn get<'k>(&'k self, _key: &'k mut Key) -> &'k mut T {
        // SAFETY: I3. There is one key at a time, and it is mutably borrowed for `'k`.
        unsafe { &mut *self.value.get() }
    }
}
