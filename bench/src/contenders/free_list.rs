//! What one writes who needs no more than single blocks: a linked list in the free blocks, in a critical section. It
//! checks nothing.

use std::{cell::Cell, marker::PhantomData, mem::MaybeUninit, ptr::NonNull};

use critical_section::Mutex;

use crate::pool::{AllocRun, BLOCK, Contender, Exhausted, Pool, one_by_one};

/// A block. While it is free, it begins with the link to the next one.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub(crate) struct Bytes(MaybeUninit<[u8; BLOCK]>);

type Link = Option<NonNull<Bytes>>;

#[derive(Debug)]
pub(crate) struct FreeList(Mutex<Cell<Link>>);

// SAFETY: the first block is found in a critical section only, and the others only by way of it.
unsafe impl Sync for FreeList {}

impl FreeList {
    const fn new() -> Self {
        Self(Mutex::new(Cell::new(None)))
    }

    fn alloc(&self) -> Link {
        critical_section::with(|lock| {
            let first = self.0.borrow(lock);
            let block = first.get()?;
            // SAFETY: a block in the list is free, and `free` has written a link to it.
            first.set(unsafe { block.cast::<Link>().read() });
            Some(block)
        })
    }

    /// # Safety
    ///
    /// The block is new, or from this list, and nobody uses it any more.
    unsafe fn free(&self, block: NonNull<Bytes>) {
        critical_section::with(|lock| {
            let first = self.0.borrow(lock);
            // SAFETY: a block has room for a link and is aligned for one; by the contract it is nobody's.
            unsafe { block.cast::<Link>().write(first.get()) };
            first.set(Some(block));
        });
    }
}

/// Has a `static`, which a generic type cannot have.
pub(crate) trait Home: 'static {
    fn list() -> &'static FreeList;
}

macro_rules! homes {
    ($($blocks:literal),+) => {$(
        impl Home for Of<$blocks> {
            #[inline]
            fn list() -> &'static FreeList {
                static LIST: FreeList = FreeList::new();
                &LIST
            }
        }
    )+};
}

homes!(8, 32, 128, 1024, 8192);

/// Owns a block.
#[derive(Debug)]
pub(crate) struct Owned<H: Home>(NonNull<Bytes>, PhantomData<H>);

// SAFETY: plain bytes that nobody else reaches; the list is `Sync`.
unsafe impl<H: Home> Send for Owned<H> {}

impl<H: Home> Drop for Owned<H> {
    fn drop(&mut self) {
        // SAFETY: the block is from this list, and `self` has it to itself.
        unsafe { H::list().free(self.0) };
    }
}

#[derive(Debug)]
pub(crate) struct FreeLists;

impl Contender for FreeLists {
    const NAME: &str = "free list";

    type Of8 = Of<8>;
    type Of32 = Of<32>;
    type Of128 = Of<128>;
    type Of1024 = Of<1024>;
    type Of8192 = Of<8192>;
}

#[derive(Debug)]
pub(crate) struct Of<const N: usize>;

impl<const N: usize> Pool for Of<N>
where
    Self: Home,
{
    type Block = Owned<Self>;
    type Bulk<const K: usize> = [Owned<Self>; K];
    type Run = ();

    fn init() {
        // In descending order, so that the first one taken is the lowest.
        for block in vec![Bytes(MaybeUninit::uninit()); N].leak().iter_mut().rev() {
            // SAFETY: the block is new.
            unsafe { Self::list().free(NonNull::from(block)) };
        }
    }

    fn alloc() -> Result<Self::Block, Exhausted> {
        let block = Self::list().alloc().ok_or(Exhausted)?;
        Ok(Owned(block, PhantomData))
    }

    fn alloc_bulk<const K: usize>() -> Result<Self::Bulk<K>, Exhausted> {
        Ok(one_by_one::<Self, K>())
    }

    const ALLOC_RUN: Option<AllocRun<Self::Run>> = None;

    fn address(block: &Self::Block) -> usize {
        block.0.addr().get()
    }

    fn addresses<const K: usize>(blocks: &Self::Bulk<K>) -> impl Iterator<Item = usize> {
        blocks.iter().map(Self::address)
    }
}
