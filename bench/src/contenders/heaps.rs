//! Heaps for microcontrollers, each behind the lock that it comes with, or that its documentation names: embedded-alloc's
//! two behind critical-section, talc behind a spin lock.
//!
//! A heap gets the memory that so many blocks with their headers need.

use std::{
    alloc::{GlobalAlloc, Layout},
    marker::PhantomData,
    ptr::NonNull,
};

use embedded_alloc::{LlffHeap, TlsfHeap};
use spinning_top::RawSpinlock;
use talc::{TalcLock, source::Manual};

use crate::pool::{AllocRun, BLOCK, Contender, Exhausted, Pool, RUN, one_by_one};

type Talc = TalcLock<RawSpinlock, Manual>;

/// A heap as its documentation sets it up.
pub(crate) trait Heap: GlobalAlloc + Sync + 'static {
    /// What a heap with room for so many blocks needs.
    fn bytes_for(blocks: usize) -> usize;

    /// # Safety
    ///
    /// Called once, with memory that is the heap's from then on.
    unsafe fn init(&self, start: *mut u8, size: usize);
}

impl Heap for LlffHeap {
    /// No headers.
    fn bytes_for(blocks: usize) -> usize {
        blocks * BLOCK
    }

    unsafe fn init(&self, start: *mut u8, size: usize) {
        // SAFETY: the caller's.
        unsafe { self.init(start.expose_provenance(), size) };
    }
}

impl Heap for TlsfHeap {
    /// A header of 16 bytes, rounded up to 32; two for the heap.
    fn bytes_for(blocks: usize) -> usize {
        blocks * (BLOCK + 32) + 64
    }

    unsafe fn init(&self, start: *mut u8, size: usize) {
        // SAFETY: the caller's.
        unsafe { self.init(start.expose_provenance(), size) };
    }
}

impl Heap for Talc {
    /// A header of 8 bytes, rounded up to 32; the table of free chunks.
    fn bytes_for(blocks: usize) -> usize {
        blocks * (BLOCK + 32) + talc::min_first_heap_size::<talc::DefaultBinning>()
    }

    unsafe fn init(&self, start: *mut u8, size: usize) {
        // SAFETY: the caller's.
        unsafe { self.lock().claim(start, size) }.expect("the memory is large enough for a heap");
    }
}

/// Owns memory of a heap.
#[derive(Debug)]
pub(crate) struct Owned<H: Home, const SIZE: usize>(NonNull<u8>, PhantomData<H>);

// SAFETY: plain bytes that nobody else reaches; the heap is `Sync`.
unsafe impl<H: Home, const SIZE: usize> Send for Owned<H, SIZE> {}

impl<H: Home, const SIZE: usize> Owned<H, SIZE> {
    const LAYOUT: Layout = match Layout::from_size_align(SIZE, align_of::<usize>()) {
        Ok(layout) => layout,
        Err(_) => panic!("some blocks are no object too large"),
    };

    fn alloc() -> Result<Self, Exhausted> {
        // SAFETY: the size is not zero.
        let memory = unsafe { H::heap().alloc(Self::LAYOUT) };
        NonNull::new(memory).map(|memory| Self(memory, PhantomData)).ok_or(Exhausted)
    }
}

impl<H: Home, const SIZE: usize> Drop for Owned<H, SIZE> {
    fn drop(&mut self) {
        // SAFETY: it is from this heap, with this layout, and `self` has it to itself.
        unsafe { H::heap().dealloc(self.0.as_ptr(), Self::LAYOUT) };
    }
}

#[derive(Debug)]
pub(crate) struct Llff;

#[derive(Debug)]
pub(crate) struct Tlsf;

#[derive(Debug)]
pub(crate) struct TalcHeaps;

/// The heap of one contender with room for `N` blocks.
#[derive(Debug)]
pub(crate) struct Of<C, const N: usize>(PhantomData<C>);

/// Has a `static`, which a generic type cannot have.
pub(crate) trait Home: 'static {
    type Heap: Heap;

    fn heap() -> &'static Self::Heap;
}

macro_rules! contender {
    ($name:literal, $contender:ident, $heap:ty, $new:expr, [$($blocks:literal),+]) => {
        impl Contender for $contender {
            const NAME: &str = $name;

            type Of8 = Of<Self, 8>;
            type Of32 = Of<Self, 32>;
            type Of128 = Of<Self, 128>;
            type Of1024 = Of<Self, 1024>;
            type Of8192 = Of<Self, 8192>;
        }

        $(impl Home for Of<$contender, $blocks> {
            type Heap = $heap;

            #[inline]
            fn heap() -> &'static $heap {
                static HEAP: $heap = $new;
                &HEAP
            }
        })+
    };
}

contender!("embedded-alloc LLFF", Llff, LlffHeap, LlffHeap::empty(), [8, 32, 128, 1024, 8192]);
contender!("embedded-alloc TLSF", Tlsf, TlsfHeap, TlsfHeap::empty(), [8, 32, 128, 1024, 8192]);
contender!("talc", TalcHeaps, Talc, TalcLock::new(Manual), [8, 32, 128, 1024, 8192]);

impl<C: 'static, const N: usize> Pool for Of<C, N>
where
    Self: Home,
{
    type Block = Owned<Self, BLOCK>;
    type Bulk<const K: usize> = [Owned<Self, BLOCK>; K];
    type Run = Owned<Self, { BLOCK * RUN }>;

    fn init() {
        let size = <Self as Home>::Heap::bytes_for(N);
        let page =
            Layout::from_size_align(size, 4096).expect("some blocks are no object too large");
        // SAFETY: the size is not zero.
        let memory = unsafe { std::alloc::alloc(page) };
        assert!(!memory.is_null(), "no memory for a heap of {size} bytes");
        // SAFETY: `init` is called once; the memory is never given back.
        unsafe { Self::heap().init(memory, size) };
    }

    fn alloc() -> Result<Self::Block, Exhausted> {
        Owned::alloc()
    }

    fn alloc_bulk<const K: usize>() -> Result<Self::Bulk<K>, Exhausted> {
        Ok(one_by_one::<Self, K>())
    }

    const ALLOC_RUN: Option<AllocRun<Self::Run>> = Some(Owned::alloc);

    fn address(block: &Self::Block) -> usize {
        block.0.addr().get()
    }

    fn addresses<const K: usize>(blocks: &Self::Bulk<K>) -> impl Iterator<Item = usize> {
        blocks.iter().map(Self::address)
    }
}
