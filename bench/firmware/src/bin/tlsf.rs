//! embedded-alloc, TLSF: free memory sorted by size, in two levels.

#![no_std]
#![no_main]

use core::{alloc::GlobalAlloc, mem::MaybeUninit};

use embedded_alloc::TlsfHeap;
use peers::{BLOCKS, Heap, Lent, program};

static HEAP: TlsfHeap = TlsfHeap::empty();

/// The memory that has room for the blocks, wherever it begins.
const WORDS: usize = 20 * BLOCKS + 8;

static MEMORY: Lent<[MaybeUninit<u32>; WORDS]> = Lent::new([MaybeUninit::uninit(); WORDS]);

struct Tlsf;

impl Heap for Tlsf {
    fn set_up() {
        // SAFETY: once.
        let memory = unsafe { MEMORY.lend() };
        let size = size_of_val(memory);
        // SAFETY: it is the heap's from now on.
        unsafe { HEAP.init(memory.as_mut_ptr().addr(), size) };
    }

    fn heap() -> &'static impl GlobalAlloc {
        &HEAP
    }
}

program!(Tlsf);
