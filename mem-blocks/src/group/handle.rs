//! The owning handles of a group: blocks of bytes that know their member.

use core::fmt;
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use crate::freeze::freeze;
use crate::raw::RawMemBlocks;

/// One block of a group's member: an owning pointer to `block_size()` bytes.
///
/// Holding one proves that the block is yours alone; dropping it gives the block back to the member
/// that it is from. Two words. All functions are associated functions, because a block dereferences
/// to `[MaybeUninit<u8>]`; or to `[u8]`, when [`freeze`](Self::freeze) or
/// [`assume_init`](Self::assume_init) has made it a `GroupBlock<u8>`.
///
/// ```
/// # use mem_blocks::{choose, mem_blocks, Group, GroupBlock, MemBlocks};
/// # #[mem_blocks]
/// # static SMALL: MemBlocks<[u8; 64], 8>;
/// static BUFFERS: Group<usize, 1> = Group::new([SMALL.raw()], choose::smallest_fit);
///
/// let mut packet = BUFFERS.alloc(&40).map(GroupBlock::freeze)?; // GroupBlock<u8>
/// packet[..2].copy_from_slice(&[1, 2]);
/// # Ok::<(), mem_blocks::GroupError>(())
/// ```
pub struct GroupBlock<B = MaybeUninit<u8>> {
    member: &'static RawMemBlocks,
    first: NonNull<u8>,
    // Owns bytes, which are all that `B` is ever.
    _owns: PhantomData<B>,
}

impl GroupBlock {
    /// The owner of a block that was handed out just now.
    ///
    /// # Safety
    ///
    /// `first` is a block of `member` that is handed out and has no other owner.
    pub(super) const unsafe fn own(member: &'static RawMemBlocks, first: NonNull<u8>) -> Self {
        Self { member, first, _owns: PhantomData }
    }

    /// The owner of a block that [`into_raw`](Self::into_raw) gave up.
    ///
    /// # Safety
    ///
    /// `ptr` came from `GroupBlock::into_raw` with a block of the same member, or from the member's
    /// [`alloc`](RawMemBlocks::alloc); nothing else owns the block.
    pub unsafe fn from_raw(member: &'static RawMemBlocks, ptr: *mut u8) -> Self {
        // SAFETY: I4. The caller vouches for the block, and a block's address is not null.
        let first = unsafe { NonNull::new_unchecked(ptr) };
        // SAFETY: I2, passed on to the caller.
        unsafe { Self::own(member, first) }
    }

    fn initialised(block: Self) -> GroupBlock<u8> {
        let block = ManuallyDrop::new(block);
        // The only owner is replaced by another.
        GroupBlock { member: block.member, first: block.first, _owns: PhantomData }
    }
}

impl<B> GroupBlock<B> {
    /// The allocator that the block is from.
    #[must_use]
    pub const fn member(block: &Self) -> &'static RawMemBlocks {
        block.member
    }

    /// Gives up ownership and returns the address, for [`Group::free`](crate::Group::free) or
    /// [`from_raw`](GroupBlock::from_raw). The block is not given back.
    #[must_use = "the block leaks unless the address is used"]
    pub fn into_raw(block: Self) -> *mut u8 {
        ManuallyDrop::new(block).first.as_ptr()
    }

    const fn bytes(&self) -> NonNull<[B]> {
        NonNull::slice_from_raw_parts(self.first.cast(), self.member.block_size())
    }
}

impl<B> Drop for GroupBlock<B> {
    fn drop(&mut self) {
        // SAFETY: I2, I9. The handle owns the block, and is not used again; the stride is the member's.
        unsafe { self.member.give_back_one(self.first, self.member.stride()) };
    }
}

/// Adjacent blocks of a group's member: an owning pointer to `count * block_size()` bytes.
///
/// Holding one proves that the blocks are yours alone; dropping it gives all of them back to
/// the member that they are from. All functions are associated functions, because a run dereferences to `[MaybeUninit<u8>]`;
/// or to `[u8]`, when [`freeze`](Self::freeze) or [`assume_init`](Self::assume_init) has made it a `GroupRun<u8>`.
pub struct GroupRun<B = MaybeUninit<u8>> {
    /// `None` for a run of no blocks, for which no member is chosen.
    member: Option<&'static RawMemBlocks>,
    first: NonNull<u8>,
    count: usize,
    // As for one block.
    _owns: PhantomData<B>,
}

impl GroupRun {
    pub(super) const EMPTY: Self =
        Self { member: None, first: NonNull::dangling(), count: 0, _owns: PhantomData };

    /// The owner of blocks that were handed out just now.
    ///
    /// # Safety
    ///
    /// The `count` blocks from `first` on are blocks of `member` that are handed out and have no
    /// other owner.
    pub(super) const unsafe fn own(
        member: &'static RawMemBlocks,
        first: NonNull<u8>,
        count: usize,
    ) -> Self {
        Self { member: Some(member), first, count, _owns: PhantomData }
    }

    fn initialised(run: Self) -> GroupRun<u8> {
        let run = ManuallyDrop::new(run);
        // The only owner is replaced by another.
        GroupRun { member: run.member, first: run.first, count: run.count, _owns: PhantomData }
    }
}

impl<B> GroupRun<B> {
    /// The allocator that the blocks are from; `None` for a run of no blocks.
    #[must_use]
    pub const fn member(run: &Self) -> Option<&'static RawMemBlocks> {
        run.member
    }

    /// The number of blocks.
    #[must_use]
    pub const fn count(run: &Self) -> usize {
        run.count
    }

    /// Gives up ownership and returns the address of the first block, for
    /// [`RawMemBlocks::free_contiguous`] or, block by block, [`Group::free`](crate::Group::free).
    #[must_use = "the blocks leak unless the address is used"]
    pub fn into_raw(run: Self) -> *mut u8 {
        ManuallyDrop::new(run).first.as_ptr()
    }

    fn bytes(&self) -> NonNull<[B]> {
        let block_size = self.member.map_or(0, RawMemBlocks::block_size);
        // Does not overflow: the blocks lie in one buffer.
        NonNull::slice_from_raw_parts(self.first.cast(), self.count.wrapping_mul(block_size))
    }
}

impl<B> Drop for GroupRun<B> {
    fn drop(&mut self) {
        if let Some(member) = self.member {
            // SAFETY: I2, I9. As for one block.
            unsafe { member.give_back(self.first, self.count, member.stride()) };
        }
    }
}

/// What both handles are: owning pointers to bytes.
macro_rules! owns_bytes {
    ($($name:ident: $text:literal),*) => {$(
        impl $name {
            /// Makes the bytes numbers: whatever the memory holds, and none is written. It costs nothing.
            ///
            /// They may be what an earlier owner left there, or zeros: see
            /// [`Block::freeze`](crate::Block::freeze).
            #[must_use]
            pub fn freeze(handle: Self) -> $name<u8> {
                let bytes = NonNull::slice_from_raw_parts(handle.first, handle.len());
                // SAFETY: I2, I9. The bytes are the handle's alone, and as many as its blocks have.
                unsafe { freeze(bytes) };
                Self::initialised(handle)
            }

            /// Makes the bytes numbers, for those that came there by other means, such as DMA.
            ///
            /// # Safety
            ///
            /// Every byte was written.
            #[must_use]
            pub unsafe fn assume_init(handle: Self) -> $name<u8> {
                Self::initialised(handle)
            }
        }

        // SAFETY: I2. The handle owns its bytes; and the blocks can be given back from anywhere
        // (I3, I7).
        unsafe impl<B: Send> Send for $name<B> {}

        // SAFETY: I2. A shared handle gives shared access to its bytes and to nothing else.
        unsafe impl<B: Sync> Sync for $name<B> {}

        // Moving the handle does not move the bytes.
        impl<B> Unpin for $name<B> {}

        impl<B> Deref for $name<B> {
            type Target = [B];

            fn deref(&self) -> &[B] {
                // SAFETY: I2, I9, I10. The bytes are the handle's alone and borrowed as `self` is, as
                // many as its blocks have, and initialised if they are numbers.
                unsafe { self.bytes().as_ref() }
            }
        }

        impl<B> DerefMut for $name<B> {
            fn deref_mut(&mut self) -> &mut [B] {
                // SAFETY: I2, I9, I10, as for `deref`; and `self` is borrowed mutably.
                unsafe { self.bytes().as_mut() }
            }
        }

        // SAFETY: I8. The bytes lie in the member's buffer and do not move with the handle; both
        // `Deref` implementations give the same address each time.
        #[cfg(feature = "stable_deref_trait")]
        unsafe impl<B> stable_deref_trait::StableDeref for $name<B> {}

        impl<B> fmt::Debug for $name<B> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct($text)
                    .field("address", &self.first)
                    .field("bytes", &self.len())
                    .finish_non_exhaustive()
            }
        }

        #[cfg(feature = "defmt")]
        impl<B> defmt::Format for $name<B> {
            fn format(&self, f: defmt::Formatter<'_>) {
                defmt::write!(
                    f,
                    "{=istr} {{ address: {=usize:#x}, bytes: {=usize}, .. }}",
                    defmt::intern!($text),
                    self.first.addr().get(),
                    self.len()
                );
            }
        }
    )*};
}

owns_bytes!(GroupBlock: "GroupBlock", GroupRun: "GroupRun");
