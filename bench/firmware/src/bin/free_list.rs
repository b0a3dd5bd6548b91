//! What one writes oneself: a free list in a critical section.

#![no_std]
#![no_main]

use core::{cell::Cell, convert::Infallible, hint::black_box, ptr::NonNull};

use critical_section::Mutex;
use peers::{BLOCKS, Bytes, Contender, Lent, one_by_one, program};

/// A block, or while it is free the address of the next free one.
#[derive(Clone, Copy)]
union Slot {
    next: Option<Owned>,
    bytes: Bytes,
}

#[derive(Clone, Copy)]
struct Owned(NonNull<Slot>);

// SAFETY: the address of a block that nobody else uses.
unsafe impl Send for Owned {}

static FREE: Mutex<Cell<Option<Owned>>> = Mutex::new(Cell::new(None));

static MEMORY: Lent<[Slot; BLOCKS]> = Lent::new([Slot { bytes: [0; 16] }; BLOCKS]);

/// A block, which gives itself back.
struct Block(Owned);

impl Drop for Block {
    fn drop(&mut self) {
        let Owned(slot) = self.0;
        critical_section::with(|lock| {
            let next = FREE.borrow(lock).replace(Some(self.0));
            // SAFETY: the block is given back and not used.
            unsafe { slot.write(Slot { next }) };
        });
    }
}

struct FreeList;

impl Contender for FreeList {
    type Block = Block;
    type Boxed = Block;
    type Several<const K: usize> = [Option<Block>; K];
    type Run = Infallible;

    const HAS_RUNS: bool = false;

    fn set_up() {
        // SAFETY: once.
        let slots = unsafe { MEMORY.lend() };
        // One piece of code for all of them, whatever the number.
        for slot in black_box(&mut slots[..]) {
            drop(Block(Owned(NonNull::from(slot))));
        }
    }

    fn alloc() -> Option<Block> {
        critical_section::with(|lock| {
            let free = FREE.borrow(lock);
            let first = free.get()?;
            // SAFETY: a free block holds the address of the next one.
            free.set(unsafe { first.0.as_ref().next });
            Some(Block(first))
        })
    }

    fn boxed(value: &Bytes) -> Option<Block> {
        let block = Self::alloc()?;
        // SAFETY: the block is owned.
        unsafe { block.0.0.write(Slot { bytes: *value }) };
        Some(block)
    }

    fn several<const K: usize>() -> Self::Several<K> {
        one_by_one::<Self, K>()
    }

    fn run() -> Option<Self::Run> {
        None
    }
}

program!(FreeList);
