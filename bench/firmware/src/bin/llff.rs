//! embedded-alloc, LLFF: a list of free memory in the order of addresses, of which the first piece that fits is taken.

#![no_std]
#![no_main]

use core::{alloc::GlobalAlloc, mem::MaybeUninit};

use embedded_alloc::LlffHeap;
use peers::{BLOCKS, Heap, Lent, program};

static HEAP: LlffHeap = LlffHeap::empty();

/// The least memory that has room for the blocks.
const WORDS: usize = 16 * BLOCKS;

static MEMORY: Lent<[MaybeUninit<u32>; WORDS]> = Lent::new([MaybeUninit::uninit(); WORDS]);

struct Llff;

impl Heap for Llff {
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

program!(Llff);
