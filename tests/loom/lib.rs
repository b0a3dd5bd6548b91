//! What the models share: a pool of which every block knows whether it has an owner.
//!
//! A model is a test. Loom runs it again and again, until it has run in every order of the threads'
//! steps, and with every value that a load may see in each of them.

#![cfg(loom)]

use std::{
    fmt,
    marker::PhantomData,
    mem::{self, MaybeUninit},
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use loom::{cell::UnsafeCell, model::Builder};
use mem_blocks::{Block, FreeErrorKind, MemBlocks, RawMemBlocks, Run, Scatter};

/// At how many places a model may take the processor from a thread that could go on.
#[derive(Clone, Copy, Debug)]
pub enum Preemptions {
    /// At all.
    All,
    /// At up to so many in one run, where all are too many to try.
    UpTo(usize),
}

/// Runs a model of a pool in which the blocks `free` are free at first, and all others taken for
/// good. The model says how many more are taken at its end. Returns how often it ran.
///
/// # Panics
///
/// If one of the runs does, or ends with more or fewer blocks taken than it says.
pub fn check<const N: usize>(
    pool: &'static MemBlocks<u32, N>,
    free: Range<usize>,
    preemptions: Preemptions,
    model: impl Fn(&Pool<N>) -> usize + Send + Sync + 'static,
) -> usize {
    let mut builder = Builder::new();
    builder.max_branches = 10_000;
    builder.preemption_bound = match preemptions {
        Preemptions::All => None,
        Preemptions::UpTo(most) => Some(most),
    };
    let runs = Arc::new(AtomicUsize::new(0));
    builder.check({
        let runs = Arc::clone(&runs);
        move || {
            runs.fetch_add(1, Ordering::Relaxed);
            let shared = Pool::new(pool, free.clone());
            let taken = model(&shared);
            pool.raw().assert_valid();
            assert_eq!(pool.used(), N - free.len() + taken, "blocks were lost or won");
        }
    });
    runs.load(Ordering::Relaxed)
}

/// Says how often the models of a test ran.
pub fn report(runs: usize) {
    println!("{}: {runs} runs", thread::current().name().unwrap_or("a model"));
}

/// A pool, and beside it a cell for each block.
///
/// The cell is written after the block is taken and before it is given back, as its content would
/// be. Loom fails where two threads' writes could be at the same time, in particular where the last
/// owner's do not happen before the next one's.
pub struct Pool<const N: usize> {
    pool: &'static MemBlocks<u32, N>,
    cells: Cells,
}

/// Whether blocks have an owner.
#[derive(Clone)]
struct Cells {
    is_owned: Arc<[UnsafeCell<bool>]>,
    /// The block of the first cell.
    first: usize,
}

impl Cells {
    fn set(&self, blocks: &[usize], to: bool) {
        for &block in blocks {
            self.is_owned[block - self.first].with_mut(|is_owned| {
                // SAFETY: nobody else has it, or loom does not come here.
                let before = unsafe { is_owned.replace(to) };
                assert_ne!(before, to, "block {block} has two owners, or none");
            });
        }
    }
}

impl<const N: usize> Pool<N> {
    fn new(pool: &'static MemBlocks<u32, N>, free: Range<usize>) -> Self {
        // They look at each word, before there are threads. Otherwise one would see in what order
        // loom makes them.
        pool.raw().assert_valid();
        assert_eq!(pool.used(), 0);
        for taken in [0..free.start, free.end..N] {
            mem::forget(pool.claim(taken));
        }
        let first = free.start;
        let is_owned = free.map(|_| UnsafeCell::new(false)).collect();
        Self { pool, cells: Cells { is_owned, first } }
    }

    /// The pool without its type.
    #[must_use]
    pub fn raw(&self) -> &'static RawMemBlocks {
        self.pool.raw()
    }

    /// The number of blocks that are not free.
    #[must_use]
    pub fn used(&self) -> usize {
        self.pool.used()
    }

    /// The length of the longest run of free blocks.
    #[must_use]
    pub fn largest_free_run(&self) -> usize {
        self.pool.largest_free_run()
    }

    /// Whether all of these are free, by address.
    #[must_use]
    pub fn is_region_free(&self, blocks: Range<usize>) -> bool {
        self.raw().is_region_free(self.address(blocks.start), blocks.len())
    }

    /// Runs two threads.
    ///
    /// # Panics
    ///
    /// If one of them does.
    pub fn two<A, B: 'static>(
        &self,
        a: impl FnOnce(&Self) -> A,
        b: impl FnOnce(&Self) -> B + 'static,
    ) -> (A, B) {
        let other = self.clone();
        let b = loom::thread::spawn(move || b(&other));
        (a(self), b.join().expect("loom ends where a thread panics"))
    }

    /// Runs three threads.
    ///
    /// # Panics
    ///
    /// If one of them does.
    pub fn three<A, B: 'static, C: 'static>(
        &self,
        a: impl FnOnce(&Self) -> A,
        b: impl FnOnce(&Self) -> B + 'static,
        c: impl FnOnce(&Self) -> C + 'static,
    ) -> (A, B, C) {
        let other = self.clone();
        let c = loom::thread::spawn(move || c(&other));
        let (a, b) = self.two(a, b);
        (a, b, c.join().expect("loom ends where a thread panics"))
    }

    fn address(&self, block: usize) -> *mut u8 {
        self.raw().buffer().cast::<u8>().wrapping_add(block * self.raw().block_size())
    }

    fn index(&self, block: *const u8) -> usize {
        (block.addr() - self.raw().buffer().addr()) / self.raw().block_size()
    }

    fn own<H>(&self, handle: H, blocks: impl IntoIterator<Item = usize>) -> Owned<H> {
        let blocks: Vec<usize> = blocks.into_iter().collect();
        self.cells.set(&blocks, true);
        Owned { handle: Some(handle), blocks, cells: self.cells.clone() }
    }
}

impl<const N: usize> Clone for Pool<N> {
    fn clone(&self) -> Self {
        Self { pool: self.pool, cells: self.cells.clone() }
    }
}

impl<const N: usize> fmt::Debug for Pool<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pool.fmt(f)
    }
}

/// Ways to take blocks. `None` is a refusal.
impl<const N: usize> Pool<N> {
    /// One.
    #[must_use]
    pub fn alloc(&self) -> Option<Owned<Block<MaybeUninit<u32>>>> {
        let block = self.pool.alloc().ok()?;
        let index = Block::index(&block);
        Some(self.own(block, [index]))
    }

    /// Several, in one handle.
    #[must_use]
    pub fn alloc_scatter(&self, count: usize) -> Option<Owned<Scatter<MaybeUninit<u32>, 4>>> {
        let blocks = self.pool.alloc_scatter::<4>(count).ok()?;
        let indices: Vec<_> =
            blocks.iter().map(|block| self.index(block.as_ptr().cast())).collect();
        Some(self.own(blocks, indices))
    }

    /// Several, by address: without a handle, so that dropping it leaves them taken.
    ///
    /// # Panics
    ///
    /// If a refusal has changed the list, or what was taken is not in order.
    #[must_use]
    pub fn alloc_list(&self, count: usize) -> Option<Owned<ByAddress>> {
        let untouched = [self.raw().buffer().cast::<u8>().wrapping_sub(1); 4];
        let mut list = untouched;
        if self.raw().alloc(&mut list[..count]).is_err() {
            assert_eq!(list, untouched, "a refusal wrote to the list");
            return None;
        }
        assert!(list[..count].is_sorted_by(|a, b| a < b), "not in ascending order");
        Some(self.own(ByAddress(PhantomData), list[..count].iter().map(|&block| self.index(block))))
    }

    /// A run.
    #[must_use]
    pub fn alloc_contiguous(&self, count: usize) -> Option<Owned<Run<MaybeUninit<u32>>>> {
        Some(self.own_run(self.pool.alloc_contiguous(count).ok()?))
    }

    /// The longest run of up to `max` blocks.
    #[must_use]
    pub fn alloc_longest(&self, max: usize) -> Option<Owned<Run<MaybeUninit<u32>>>> {
        Some(self.own_run(self.pool.alloc_contiguous_in(1..=max).ok()?))
    }

    /// These.
    #[must_use]
    pub fn claim(&self, blocks: Range<usize>) -> Option<Owned<Run<MaybeUninit<u32>>>> {
        Some(self.own_run(self.pool.claim(blocks).ok()?))
    }

    fn own_run(&self, run: Run<MaybeUninit<u32>>) -> Owned<Run<MaybeUninit<u32>>> {
        let blocks = Run::range(&run);
        self.own(run, blocks)
    }
}

/// Ways to give back blocks of which the handle has been [given up](Owned::give_up). To give one
/// back twice is the mistake that they are to see.
impl<const N: usize> Pool<N> {
    /// These, all or none.
    ///
    /// # Errors
    ///
    /// The block that is not taken.
    ///
    /// # Panics
    ///
    /// If the error is another.
    pub fn free(&self, blocks: &[usize]) -> Result<(), usize> {
        let list: Vec<_> = blocks.iter().map(|&block| self.address(block)).collect();
        // SAFETY: nobody uses them any more.
        let freed = unsafe { self.raw().free(&list) };
        freed.map_err(|error| {
            assert_eq!(error.kind(), FreeErrorKind::NotAllocated);
            blocks[error.entry()]
        })
    }

    /// These, all or none.
    ///
    /// # Errors
    ///
    /// The block that is not taken.
    ///
    /// # Panics
    ///
    /// If the error is another.
    pub fn free_contiguous(&self, blocks: Range<usize>) -> Result<(), usize> {
        // SAFETY: nobody uses them any more.
        let freed = unsafe { self.raw().free_contiguous(self.address(blocks.start), blocks.len()) };
        freed.map_err(|error| {
            assert_eq!(error.kind(), FreeErrorKind::NotAllocated);
            blocks.start + error.entry()
        })
    }
}

/// What stands for the handle of blocks that have none.
#[derive(Debug)]
pub struct ByAddress(PhantomData<*mut u8>);

/// Blocks that have an owner. Dropped, they are given back as their handle does it.
pub struct Owned<H> {
    // `None` once they are given up.
    handle: Option<H>,
    blocks: Vec<usize>,
    cells: Cells,
}

impl<H> Owned<H> {
    /// Which they are.
    #[must_use]
    pub fn blocks(&self) -> &[usize] {
        &self.blocks
    }

    /// Nobody uses them any more, and they are not given back.
    pub fn give_up(mut self) -> Vec<usize> {
        self.cells.set(&self.blocks, false);
        mem::forget(self.handle.take());
        mem::take(&mut self.blocks)
    }
}

impl<H> Drop for Owned<H> {
    fn drop(&mut self) {
        if self.handle.is_some() && !thread::panicking() {
            self.cells.set(&self.blocks, false);
        }
    }
}

impl<H> fmt::Debug for Owned<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Owned").field(&self.blocks).finish()
    }
}

/// Keeps what was taken beyond the end of the model: how many blocks.
pub fn keep<H>(taken: Option<Owned<H>>) -> usize {
    taken.map_or(0, |mut owned| {
        mem::forget(owned.handle.take());
        owned.blocks.len()
    })
}
