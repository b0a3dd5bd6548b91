//! The owning handles of a group: blocks of bytes that know their member.

use core::fmt;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use crate::freeze::freeze;
use crate::raw::RawMemBlocks;

/// One block of a group's member: an owning pointer to `block_size()` bytes.
///
/// Holding one proves that the block is yours alone; dropping it gives the block back to the member
/// that it is from. Two words. All functions are associated functions, because a block dereferences
/// to `[MaybeUninit<u8>]`.
pub struct GroupBlock {
    member: &'static RawMemBlocks,
    first: NonNull<u8>,
}

impl GroupBlock {
    /// The owner of a block that was handed out just now.
    ///
    /// # Safety
    ///
    /// `first` is a block of `member` that is handed out and has no other owner.
    pub(super) const unsafe fn own(member: &'static RawMemBlocks, first: NonNull<u8>) -> Self {
        Self { member, first }
    }

    /// The allocator that the block is from.
    #[must_use]
    pub const fn member(block: &Self) -> &'static RawMemBlocks {
        block.member
    }

    /// Gives up ownership and returns the address, for [`Group::free`](crate::Group::free) or
    /// [`from_raw`](Self::from_raw). The block is not given back.
    #[must_use = "the block leaks unless the address is used"]
    pub fn into_raw(block: Self) -> *mut u8 {
        ManuallyDrop::new(block).first.as_ptr()
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

    const fn bytes(&self) -> NonNull<[MaybeUninit<u8>]> {
        NonNull::slice_from_raw_parts(self.first.cast(), self.member.block_size())
    }
}

impl Drop for GroupBlock {
    fn drop(&mut self) {
        // SAFETY: I2, I9. The handle owns the block, and is not used again; the stride is the member's.
        unsafe { self.member.give_back_one(self.first, self.member.stride()) };
    }
}

/// Adjacent blocks of a group's member: an owning pointer to `count * block_size()` bytes.
///
/// Holding one proves that the blocks are yours alone; dropping it gives all of them back to
/// the member that they are from. All functions are associated functions, because a run dereferences to `[MaybeUninit<u8>]`.
pub struct GroupRun {
    /// `None` for a run of no blocks, for which no member is chosen.
    member: Option<&'static RawMemBlocks>,
    first: NonNull<u8>,
    count: usize,
}

impl GroupRun {
    pub(super) const EMPTY: Self = Self { member: None, first: NonNull::dangling(), count: 0 };

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
        Self { member: Some(member), first, count }
    }

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

    fn bytes(&self) -> NonNull<[MaybeUninit<u8>]> {
        let block_size = self.member.map_or(0, RawMemBlocks::block_size);
        // Does not overflow: the blocks lie in one buffer.
        NonNull::slice_from_raw_parts(self.first.cast(), self.count.wrapping_mul(block_size))
    }
}

impl Drop for GroupRun {
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
            /// The bytes as numbers: whatever the memory holds, and none is written. It costs nothing.
            ///
            /// They may be what an earlier owner left there, or zeros: see
            /// [`Block::freeze`](crate::Block::freeze).
            #[must_use]
            pub fn as_bytes_mut(handle: &mut Self) -> &mut [u8] {
                let mut bytes = NonNull::slice_from_raw_parts(handle.first, handle.len());
                // SAFETY: I2, I9. The bytes are the handle's alone, and as many as its blocks have.
                unsafe { freeze(bytes) };
                // SAFETY: I2, I10. As above; they are borrowed as the handle is, and initialised now. What is
                // written there are numbers.
                unsafe { bytes.as_mut() }
            }
        }

        // SAFETY: I2. The handle owns its bytes; and the blocks can be given back from anywhere
        // (I3, I7).
        unsafe impl Send for $name {}

        // SAFETY: I2. A shared handle gives shared access to its bytes and to nothing else.
        unsafe impl Sync for $name {}

        impl Deref for $name {
            type Target = [MaybeUninit<u8>];

            fn deref(&self) -> &[MaybeUninit<u8>] {
                // SAFETY: I2, I9. The bytes are the handle's alone and borrowed as `self` is, and as
                // many as its blocks have.
                unsafe { self.bytes().as_ref() }
            }
        }

        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut [MaybeUninit<u8>] {
                // SAFETY: I2, I9, as for `deref`; and `self` is borrowed mutably.
                unsafe { self.bytes().as_mut() }
            }
        }

        // SAFETY: I8. The bytes lie in the member's buffer and do not move with the handle; both
        // `Deref` implementations give the same address each time.
        #[cfg(feature = "stable_deref_trait")]
        unsafe impl stable_deref_trait::StableDeref for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct($text)
                    .field("address", &self.first)
                    .field("bytes", &self.len())
                    .finish_non_exhaustive()
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $name {
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
