//! What interrupts, tasks and cores share: words that change as a whole, and the lock.
//!
//! The only file that knows `critical-section`, whether the target has a compare-and-swap, and loom,
//! under which the models of `tests/loom` run.

#[cfg(all(loom, feature = "_loom"))]
mod modelled;

#[cfg(not(all(loom, feature = "_loom")))]
use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::panic::{RefUnwindSafe, UnwindSafe};
use core::ptr;
#[cfg(not(all(loom, feature = "_loom")))]
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering;

#[cfg(all(loom, feature = "_loom"))]
use modelled::{AtomicU32, UnsafeCell, critical_section};

/// Whether loom runs the program.
pub(crate) const IS_MODELLED: bool = cfg!(all(loom, feature = "_loom"));

/// A number or an address, worked out before the lock is taken: the compiler would rather work it out
/// where it is used.
macro_rules! ready {
    ($value:expr) => {{
        #[cfg(all(target_os = "none", any(target_arch = "arm", target_arch = "riscv32")))]
        {
            let mut value = $value;
            // SAFETY: I12. There is no instruction in it. But it comes before the one that takes the
            // lock, and the value before it.
            unsafe {
                core::arch::asm!(
                    "/* {0} */",
                    inout(reg) value,
                    options(nomem, nostack, preserves_flags)
                );
            }
            value
        }
        // Where nobody waits for an interrupt.
        #[cfg(not(all(target_os = "none", any(target_arch = "arm", target_arch = "riscv32"))))]
        $value
    }};
}
pub(crate) use ready;

/// A number, for a module without unsafe code.
#[cfg(feature = "stats")]
#[inline]
pub(crate) fn ready_number(number: isize) -> isize {
    ready!(number)
}

/// A word that is shared. It changes as a whole: by one exchange, or under the lock.
///
/// An exchange is the processor's own where it has a compare-and-swap, and interrupts are never
/// off; elsewhere it is made under the lock. So it is everywhere with the feature `stats`: a word and what
/// counts its blocks do not change by one exchange. `--cfg mem_blocks_no_compare_and_swap` makes it so
/// for tests.
///
/// What an operation is given to `note` it does under the lock, if the word changes; where there is no lock,
/// there is nothing to note.
#[repr(transparent)]
pub(crate) struct Word {
    bits: AtomicU32,
}

impl Word {
    pub(crate) const fn new() -> Self {
        Self::holding(0)
    }

    pub(crate) const fn holding(bits: u32) -> Self {
        Self { bits: AtomicU32::new(bits) }
    }

    /// Itself, its address worked out before the lock is taken.
    #[inline]
    pub(crate) fn ready(&self) -> &Self {
        let this = ready!(ptr::from_ref(self));
        // SAFETY: I12. It is what it was.
        unsafe { &*this }
    }

    /// What it holds, at some moment.
    #[inline]
    pub(crate) fn load(&self) -> u32 {
        self.bits.load(Ordering::Relaxed)
    }

    /// Under the lock: changes it, for words that are never exchanged.
    #[inline]
    pub(crate) fn store(&self, bits: u32, _key: &mut Key) {
        // The lock orders it.
        self.bits.store(bits, Ordering::Relaxed);
    }
}

#[cfg(all(target_has_atomic = "32", not(mem_blocks_no_compare_and_swap), not(feature = "stats")))]
impl Word {
    /// Puts `new` in place of `seen`, unless something else is there. May do nothing all the same.
    ///
    /// For taking blocks: what their last owner did with them happens before.
    #[inline]
    pub(crate) fn exchange(&self, seen: u32, new: u32, _note: impl FnOnce(&mut Key)) -> bool {
        let (success, failure) = (Ordering::Acquire, Ordering::Relaxed);
        self.bits.compare_exchange_weak(seen, new, success, failure).is_ok()
    }

    /// Sets the lowest bit that is clear, if it is one of `all`: the lowest ones, and the only ones
    /// that are ever set. Says which of them were clear before.
    #[cfg(not(all(target_arch = "arm", target_os = "none")))]
    #[inline]
    pub(crate) fn set_lowest(&self, all: u32, _note: impl FnOnce(&mut Key)) -> u32 {
        loop {
            let seen = self.load();
            let new = with_lowest(seen, all);
            if seen == new || self.exchange(seen, new, |_| {}) {
                return seen ^ all;
            }
        }
    }

    /// Sets the lowest bit that is clear, if it is one of `all`: the lowest ones, and the only ones
    /// that are ever set. Says which of them were clear before.
    ///
    /// By hand, because a compare-and-swap is made of the same two instructions, and looks at the
    /// word twice.
    #[cfg(all(target_arch = "arm", target_os = "none"))]
    #[inline]
    pub(crate) fn set_lowest(&self, all: u32, _note: impl FnOnce(&mut Key)) -> u32 {
        /// With one more instruction, if the word has bits that are not to be set.
        macro_rules! set_lowest {
            ($($and:literal, $all:expr)?) => {{
                let before: u32;
                // SAFETY: I3, I12. One exchange of this word, which is an atomic one.
                unsafe {
                    core::arch::asm!(
                        "2:",
                        "ldrex {before}, [{word}]",
                        "adds {new}, {before}, #1",
                        "orrs {new}, {new}, {before}",
                        $($and,)?
                        "strex {failed}, {new}, [{word}]",
                        "cmp {failed}, #0",
                        "bne 2b",
                        word = in(reg) self.bits.as_ptr(),
                        $(all = in(reg) $all,)?
                        before = out(reg) before,
                        new = out(reg) _,
                        failed = out(reg) _,
                        options(nostack),
                    );
                }
                before
            }};
        }
        let before = if all == u32::MAX {
            set_lowest!()
        } else {
            set_lowest!("ands {new}, {new}, {all}", all)
        };
        let clear = before ^ all;
        if clear != 0 {
            core::sync::atomic::fence(Ordering::Acquire);
        }
        clear
    }

    /// Clears bits, all of which are set.
    ///
    /// For giving blocks back: what was done with them happens before.
    #[inline]
    pub(crate) fn clear(&self, bits: u32, _note: impl FnOnce(&mut Key)) {
        // As they are set, this is the same as `fetch_and(!bits)`, less the inversion.
        self.bits.fetch_xor(bits, Ordering::Release);
    }

    /// Clears one bit; says whether it was set.
    #[inline]
    pub(crate) fn clear_one(&self, bit: u32, _note: impl FnOnce(&mut Key)) -> bool {
        self.bits.fetch_and(!bit, Ordering::Release) & bit != 0
    }

    /// Clears bits if all of them are set; else says which are not, and changes nothing.
    #[inline]
    pub(crate) fn clear_checked(&self, bits: u32, _note: impl FnOnce(&mut Key)) -> Result<(), u32> {
        let (success, failure) = (Ordering::Release, Ordering::Relaxed);
        loop {
            let seen = self.load();
            if seen & bits != bits {
                return Err(bits & !seen);
            }
            let new = seen & !bits;
            if self.bits.compare_exchange_weak(seen, new, success, failure).is_ok() {
                return Ok(());
            }
        }
    }
}

#[cfg(not(all(
    target_has_atomic = "32",
    not(mem_blocks_no_compare_and_swap),
    not(feature = "stats")
)))]
impl Word {
    /// Puts `new` in place of `seen`, unless something else is there.
    #[inline]
    pub(crate) fn exchange(&self, seen: u32, new: u32, note: impl FnOnce(&mut Key)) -> bool {
        let new = ready!(new);
        with(|key| {
            let is_seen = self.load() == seen;
            if is_seen {
                self.store(new, key);
                note(key);
            }
            is_seen
        })
    }

    /// Sets the lowest bit that is clear, if it is one of `all`: the lowest ones, and the only ones
    /// that are ever set. Says which of them were clear before.
    #[inline]
    pub(crate) fn set_lowest(&self, all: u32, note: impl FnOnce(&mut Key)) -> u32 {
        with(|key| {
            let before = self.load();
            self.store(with_lowest(before, all), key);
            if before != all {
                note(key);
            }
            before ^ all
        })
    }

    /// Clears bits, all of which are set.
    #[inline]
    pub(crate) fn clear(&self, bits: u32, note: impl FnOnce(&mut Key)) {
        with(|key| {
            self.store(self.load() & !bits, key);
            note(key);
        });
    }

    /// Clears one bit; says whether it was set.
    #[inline]
    pub(crate) fn clear_one(&self, bit: u32, note: impl FnOnce(&mut Key)) -> bool {
        with(|key| {
            let before = self.load();
            self.store(before & !bit, key);
            let was_set = before & bit != 0;
            if was_set {
                note(key);
            }
            was_set
        })
    }

    /// Clears bits if all of them are set; else says which are not, and changes nothing.
    #[inline]
    pub(crate) fn clear_checked(&self, bits: u32, note: impl FnOnce(&mut Key)) -> Result<(), u32> {
        with(|key| {
            let seen = self.load();
            if seen & bits == bits {
                self.store(seen & !bits, key);
                note(key);
                Ok(())
            } else {
                Err(bits & !seen)
            }
        })
    }
}

/// A word with its lowest clear bit set as well, if that is one of `all`, the lowest ones.
#[cfg_attr(all(target_arch = "arm", target_os = "none"), allow(dead_code))]
#[inline]
const fn with_lowest(bits: u32, all: u32) -> u32 {
    // Adding one turns the ones below the lowest zero over into it.
    (bits | bits.wrapping_add(1)) & all
}

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

/// State that only the holder of the lock reaches. `Copy`, so that nothing is dropped under it.
#[repr(transparent)]
pub(crate) struct Locked<T: Copy + 'static> {
    value: UnsafeCell<T>,
}

// SAFETY: I3. The value is reached through `get`, which takes the key, of which there is one, or
// through the address that `as_ptr` gives, by who holds it: accesses from several contexts or cores
// exclude each other. `T: Send`, because it is whoever holds the key, in whatever context, who uses
// the value.
unsafe impl<T: Copy + Send + 'static> Sync for Locked<T> {}

// Nothing panics under the lock, so no state is left half changed by a panic.
impl<T: Copy + 'static> RefUnwindSafe for Locked<T> {}
impl<T: Copy + 'static> UnwindSafe for Locked<T> {}

impl<T: Copy + 'static> Locked<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value: UnsafeCell::new(value) }
    }

    /// Itself, its address worked out before the lock is taken.
    #[cfg(feature = "stats")]
    #[inline]
    pub(crate) fn ready(&self) -> &Self {
        let this = ready!(ptr::from_ref(self));
        // SAFETY: I12. It is what it was.
        unsafe { &*this }
    }

    /// Where the value is, for who holds the lock when he uses it.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *mut T {
        UnsafeCell::raw_get(&raw const self.value)
    }

    /// The value. The key is borrowed as long as it is, so that no two values, and no value
    /// twice, can be reached at a time.
    #[inline]
    pub(crate) fn get<'k>(&'k self, _key: &'k mut Key) -> &'k mut T {
        // SAFETY: I3. There is one key at a time, and it is mutably borrowed for `'k`.
        unsafe { &mut *self.value.get() }
    }
}
