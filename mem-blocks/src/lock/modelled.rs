//! Stand-ins by loom, which runs a program in every order that its threads and its memory may have.
//!
//! Loom's own cannot be made by a `const fn`, and end with each run of the program. These can, and
//! are new in each run: what is loom's is made when it is first used in one.

extern crate std;

use core::array;
use core::cell::{OnceCell, RefCell};
use core::marker::PhantomData;
use core::sync::atomic::Ordering;
use std::vec::Vec;

use loom::lazy_static::Lazy;
use loom::sync::atomic::AtomicU32 as Atomic;
use loom::thread::{self, ThreadId};

/// The lock.
pub(super) mod critical_section {
    use core::cell::Cell;

    use loom::sync::Mutex;

    use super::{Lazy, PhantomData, ThreadId, thread};

    static MUTEX: Lazy<Mutex<()>> = Lazy { init: || Mutex::new(()), _p: PhantomData };

    static HOLDER: Lazy<Cell<Option<ThreadId>>> =
        Lazy { init: || Cell::new(None), _p: PhantomData };

    /// Does not nest, unlike a critical section: loom reports a deadlock.
    #[track_caller]
    pub(in crate::lock) fn with<R>(f: impl FnOnce(()) -> R) -> R {
        let _guard = MUTEX.get().lock();
        HOLDER.get().set(Some(thread::current().id()));
        let result = f(());
        HOLDER.get().set(None);
        result
    }

    /// Whether this thread holds it.
    pub(super) fn is_held() -> bool {
        HOLDER.get().get() == Some(thread::current().id())
    }
}

pub(super) struct AtomicU32(EachRun<u32, Watched>);

/// A word, and for each thread that loads it one that changes before each of its loads and before
/// each change of the word by another.
///
/// To find what else could have happened, loom takes the last access to a word before the one that
/// comes. So where a thread loads the word and changes it, its load hides those of others before
/// it, and the change is never tried before them. Those in `loads` make it try. They are relaxed:
/// nothing happens before anything else because of them.
struct Watched {
    word: Atomic,
    loads: [Atomic; loom::MAX_THREADS],
    /// The threads that have loaded it, in the order of `loads`.
    threads: RefCell<Vec<ThreadId>>,
}

impl Watched {
    fn new(value: u32) -> Self {
        let loads = array::from_fn(|_| Atomic::new(0));
        Self { word: Atomic::new(value), loads, threads: RefCell::default() }
    }

    fn before_load(&self) {
        let thread = thread::current().id();
        let known = self.threads.borrow().iter().position(|id| *id == thread);
        let own = known.unwrap_or_else(|| {
            let mut threads = self.threads.borrow_mut();
            threads.push(thread);
            threads.len() - 1
        });
        self.loads[own].fetch_add(1, Ordering::Relaxed);
    }

    fn before_change(&self) {
        let thread = thread::current().id();
        // Not borrowed while another thread runs.
        let threads = self.threads.borrow().clone();
        for (load, _) in self.loads.iter().zip(threads).filter(|(_, id)| *id != thread) {
            load.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl AtomicU32 {
    pub(super) const fn new(value: u32) -> Self {
        Self(EachRun::new(value))
    }

    fn get(&self) -> &Watched {
        self.0.get(Watched::new)
    }

    fn to_change(&self) -> &Atomic {
        let this = self.get();
        this.before_change();
        &this.word
    }

    #[track_caller]
    pub(super) fn load(&self, order: Ordering) -> u32 {
        let this = self.get();
        if critical_section::is_held() {
            // SAFETY: I3. Words that are looked at under the lock change under it alone. Loom
            // fails if not.
            return unsafe { this.word.unsync_load() };
        }
        this.before_load();
        this.word.load(order)
    }

    #[track_caller]
    pub(super) fn store(&self, value: u32, order: Ordering) {
        self.to_change().store(value, order);
    }
}

#[cfg(all(not(mem_blocks_no_compare_and_swap), not(feature = "stats")))]
impl AtomicU32 {
    #[track_caller]
    pub(super) fn compare_exchange_weak(
        &self,
        seen: u32,
        new: u32,
        success: Ordering,
        failure: Ordering,
    ) -> Result<u32, u32> {
        self.to_change().compare_exchange_weak(seen, new, success, failure)
    }

    #[track_caller]
    pub(super) fn fetch_xor(&self, bits: u32, order: Ordering) -> u32 {
        self.to_change().fetch_xor(bits, order)
    }

    #[track_caller]
    pub(super) fn fetch_and(&self, bits: u32, order: Ordering) -> u32 {
        self.to_change().fetch_and(bits, order)
    }
}

pub(super) struct UnsafeCell<T: Copy + 'static>(EachRun<T, Checked<T>>);

struct Checked<T> {
    value: core::cell::UnsafeCell<T>,
    access: loom::cell::UnsafeCell<()>,
}

impl<T: Copy> UnsafeCell<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(EachRun::new(value))
    }

    fn checked(&self) -> &Checked<T> {
        self.0.get(|value| Checked {
            value: core::cell::UnsafeCell::new(value),
            access: loom::cell::UnsafeCell::new(()),
        })
    }

    /// For a write, now: loom fails if another may be at the same time.
    #[track_caller]
    pub(super) fn get(&self) -> *mut T {
        let checked = self.checked();
        checked.access.with_mut(|_| checked.value.get())
    }

    /// For the address alone.
    pub(super) fn raw_get(this: *const Self) -> *mut T {
        // SAFETY: I8. It lives for ever: see `EachRun`.
        unsafe { &*this }.checked().value.get()
    }
}

/// Something that is made of a value when it is first used in a run.
struct EachRun<V, T: 'static> {
    value: V,
    made: Lazy<OnceCell<T>>,
}

impl<V: Copy, T> EachRun<V, T> {
    const fn new(value: V) -> Self {
        Self { value, made: Lazy { init: OnceCell::new, _p: PhantomData } }
    }

    fn get(&self, make: fn(V) -> T) -> &T {
        // SAFETY: I8. It lives for ever, as loom asks: all words are those of a bitmap that is
        // borrowed so, or of a `static`, as all that is locked.
        let made: &'static Lazy<OnceCell<T>> = unsafe { &*(&raw const self.made) };
        made.get().get_or_init(|| make(self.value))
    }
}
