//! talc, in a critical section: free memory sorted by size.

#![no_std]
#![no_main]

use core::{
    alloc::{GlobalAlloc, Layout},
    mem::MaybeUninit,
};

use critical_section::Mutex;
use peers::{BLOCKS, Heap, Lent, program};
use talc::{DefaultBinning, TalcCell, min_first_heap_size, source::Manual};

/// The crate is linked with `alloc`, which wants one global allocator: this one.
#[global_allocator]
static HEAP: Locked = Locked(Mutex::new(TalcCell::new(Manual)));

/// The least memory that has room for the blocks, and for the heap's own data.
const WORDS: usize = 20 * BLOCKS + min_first_heap_size::<DefaultBinning>().div_ceil(4);

static MEMORY: Lent<[MaybeUninit<u32>; WORDS]> = Lent::new([MaybeUninit::uninit(); WORDS]);

struct Locked(Mutex<TalcCell<Manual>>);

// SAFETY: that of talc, one call at a time.
unsafe impl GlobalAlloc for Locked {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: this function's own contract.
        critical_section::with(|lock| unsafe { self.0.borrow(lock).alloc(layout) })
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: this function's own contract.
        critical_section::with(|lock| unsafe { self.0.borrow(lock).dealloc(start, layout) });
    }
}

struct Talc;

impl Heap for Talc {
    fn set_up() {
        // SAFETY: once.
        let memory = unsafe { MEMORY.lend() };
        let start = memory.as_mut_ptr().cast();
        let size = size_of_val(memory);
        critical_section::with(|lock| {
            // SAFETY: it is the heap's from now on.
            unsafe { HEAP.0.borrow(lock).claim(start, size) };
        });
    }

    fn heap() -> &'static impl GlobalAlloc {
        &HEAP
    }
}

program!(Talc);
