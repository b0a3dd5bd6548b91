//! The trait `Allocator` of `allocator-api2`: what containers ask for memory. They get adjacent blocks.
//!
//! Its versions have the same methods, and are different traits. The functions here are all that they share.
//!
//! A pool that does not live for ever is none:
//!
#![cfg_attr(feature = "allocator-api2", doc = "```compile_fail,E0597")]
#![cfg_attr(not(feature = "allocator-api2"), doc = "```text")]
//! # use core::mem::MaybeUninit;
//! # use allocator_api2::boxed::Box;
//! # use mem_blocks::{Bitmap, MemBlocks};
//! fn lend(buffer: &'static mut [MaybeUninit<u32>; 4], bitmap: &'static mut Bitmap<1>) {
//!     let pool = MemBlocks::new(buffer, bitmap);
//!     drop(Box::new_in(5_u32, &pool));
//! }
//! ```

use core::alloc::Layout;
use core::ptr::{self, NonNull};

use crate::mem_blocks::MemBlocks;
use crate::raw::RawMemBlocks;

/// Implements the trait of one version for one kind of pool.
macro_rules! implement {
    ($api:ident: $(#[$doc:meta])* [$($parameters:tt)*] $pool:ty) => {
        $(#[$doc])*
        // SAFETY: I2, I4, I8. Memory that is handed out is blocks of the pool, which nobody else is given until they come
        // back, and which are there as long as the program is. A copy of a reference is the same pool.
        unsafe impl<$($parameters)*> $api::alloc::Allocator for &'static $pool {
            fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, $api::alloc::AllocError> {
                allocate((*self).into(), layout).ok_or($api::alloc::AllocError)
            }

            unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
                // SAFETY: I2, passed on to the caller.
                unsafe { deallocate((*self).into(), ptr, layout) };
            }

            unsafe fn grow(
                &self,
                ptr: NonNull<u8>,
                old: Layout,
                new: Layout,
            ) -> Result<NonNull<[u8]>, $api::alloc::AllocError> {
                // SAFETY: I2, passed on to the caller.
                unsafe { grow((*self).into(), ptr, old, new) }.ok_or($api::alloc::AllocError)
            }

            unsafe fn grow_zeroed(
                &self,
                ptr: NonNull<u8>,
                old: Layout,
                new: Layout,
            ) -> Result<NonNull<[u8]>, $api::alloc::AllocError> {
                // SAFETY: I2, passed on to the caller.
                unsafe { grow_zeroed((*self).into(), ptr, old, new) }.ok_or($api::alloc::AllocError)
            }

            unsafe fn shrink(
                &self,
                ptr: NonNull<u8>,
                old: Layout,
                new: Layout,
            ) -> Result<NonNull<[u8]>, $api::alloc::AllocError> {
                // SAFETY: I2, passed on to the caller.
                unsafe { shrink((*self).into(), ptr, old, new) }.ok_or($api::alloc::AllocError)
            }
        }
    };
}

#[cfg(feature = "allocator-api2")]
implement!(allocator_api2:
    /// For `Box` and `Vec` of `allocator-api2` 0.4: each lies in adjacent blocks of the pool.
    ///
    /// An alignment that not every block has is refused, whichever block it would be. See [the guide](crate::guide::containers).
    [T, const N: usize] MemBlocks<T, N>);
#[cfg(feature = "allocator-api2")]
implement!(allocator_api2:
    /// As for [`MemBlocks`], in a container whose type does not name the pool's.
    [] RawMemBlocks);

#[cfg(feature = "allocator-api2-02")]
implement!(allocator_api2_02:
    /// For the maps of `hashbrown`, and whatever else is made for `allocator-api2` 0.2: each lies in adjacent blocks of the
    /// pool.
    ///
    /// An alignment that not every block has is refused, whichever block it would be. See [the guide](crate::guide::containers).
    [T, const N: usize] MemBlocks<T, N>);
#[cfg(feature = "allocator-api2-02")]
implement!(allocator_api2_02:
    /// As for [`MemBlocks`], in a container whose type does not name the pool's.
    [] RawMemBlocks);

/// Takes as many adjacent blocks as the layout needs.
fn allocate(pool: &RawMemBlocks, layout: Layout) -> Option<NonNull<[u8]>> {
    let count = blocks_for(pool, layout);
    if count == 0 {
        return Some(no_blocks(layout));
    }
    if !is_aligned(pool, layout) {
        return None;
    }
    let first = pool.alloc_contiguous(count).ok()?;
    Some(blocks_at(pool, first, count))
}

/// Gives back the blocks of a layout.
///
/// # Safety
///
/// They are what `allocate`, `grow` or `shrink` gave for a layout of as many blocks, and nothing uses them any more.
unsafe fn deallocate(pool: &RawMemBlocks, ptr: NonNull<u8>, layout: Layout) {
    // SAFETY: I2, passed on to the caller.
    unsafe { give_back(pool, ptr, blocks_for(pool, layout)) };
}

/// Takes the blocks behind as well, where the new layout needs more; or, where these are not free, others in place of all.
///
/// # Safety
///
/// As for [`deallocate`] with the old layout; the new one is not shorter.
unsafe fn grow(
    pool: &RawMemBlocks,
    ptr: NonNull<u8>,
    old: Layout,
    new: Layout,
) -> Option<NonNull<[u8]>> {
    let (had, needed) = (blocks_for(pool, old), blocks_for(pool, new));
    if had == 0 {
        return allocate(pool, new);
    }
    if !is_aligned(pool, new) {
        return None;
    }
    // Of its address alone: the container's pointer may reach less than all blocks (I4), so the pool makes its own.
    let first = pool.index_of_owned(ptr.as_ptr());
    // None at all are always free. Looked at before, because blocks of somebody else's are no refusal of this request.
    let behind = first + had..first + needed;
    if pool.is_range_free(&behind) && pool.take_range(&behind).is_ok() {
        return Some(blocks_at(pool, pool.address_of(first), needed));
    }
    let moved = allocate(pool, new)?;
    // SAFETY: I2. Both are the caller's, at least as long as the old layout, and different blocks.
    unsafe { ptr.copy_to_nonoverlapping(moved.cast(), old.size()) };
    // SAFETY: I2. Passed on to the caller, who gets the others instead.
    unsafe { deallocate(pool, ptr, old) };
    Some(moved)
}

/// The same, and fills with zeros what is behind the old layout.
///
/// # Safety
///
/// As for [`grow`].
unsafe fn grow_zeroed(
    pool: &RawMemBlocks,
    ptr: NonNull<u8>,
    old: Layout,
    new: Layout,
) -> Option<NonNull<[u8]>> {
    // SAFETY: I2, passed on to the caller.
    let grown = unsafe { grow(pool, ptr, old, new) }?;
    // SAFETY: I4. What has grown is at least as long as it was.
    let behind = unsafe { grown.cast::<u8>().add(old.size()) };
    // SAFETY: I2. It is the caller's, up to its end.
    unsafe { behind.write_bytes(0, grown.len() - old.size()) };
    Some(grown)
}

/// Gives back the blocks at the end that the new layout does not need.
///
/// # Safety
///
/// As for [`deallocate`] with the old layout; the new one is not longer.
unsafe fn shrink(
    pool: &RawMemBlocks,
    ptr: NonNull<u8>,
    old: Layout,
    new: Layout,
) -> Option<NonNull<[u8]>> {
    let (had, kept) = (blocks_for(pool, old), blocks_for(pool, new));
    if kept == 0 {
        // SAFETY: I2, passed on to the caller.
        unsafe { give_back(pool, ptr, had) };
        return Some(no_blocks(new));
    }
    if !is_aligned(pool, new) {
        return None;
    }
    // As for `grow`.
    let first = pool.index_of_owned(ptr.as_ptr());
    // SAFETY: I2. Passed on to the caller, who keeps the others.
    unsafe { give_back(pool, pool.address_of(first + kept), had - kept) };
    Some(blocks_at(pool, pool.address_of(first), kept))
}

/// # Safety
///
/// As for [`deallocate`].
unsafe fn give_back(pool: &RawMemBlocks, first: NonNull<u8>, count: usize) {
    // Refused if the caller's promise is broken, and then there is nobody to tell.
    // SAFETY: I2, passed on to the caller.
    let _ = unsafe { pool.free_contiguous(first.as_ptr(), count) };
}

/// How many blocks a layout needs.
#[inline]
fn blocks_for(pool: &RawMemBlocks, layout: Layout) -> usize {
    match layout.size() {
        0 => 0,
        // A division is a function where the core has no instruction for it.
        size if size <= pool.block_size() => 1,
        // No block is of size 0; but the compiler does not know, and would panic.
        size => (size - 1).checked_div(pool.block_size()).map_or(0, |last| last + 1),
    }
}

/// Whether every block is aligned as the layout asks: it may be any of them.
#[inline]
fn is_aligned(pool: &RawMemBlocks, layout: Layout) -> bool {
    (pool.buffer().addr() | pool.block_size()) & (layout.align() - 1) == 0
}

/// All of the blocks, also where the container has asked for less.
#[inline]
fn blocks_at(pool: &RawMemBlocks, first: NonNull<u8>, count: usize) -> NonNull<[u8]> {
    // Not beyond the buffer's size: the pool has as many.
    NonNull::slice_from_raw_parts(first, count.wrapping_mul(pool.block_size()))
}

/// Nothing, as the layout is aligned.
#[inline]
fn no_blocks(layout: Layout) -> NonNull<[u8]> {
    // An alignment is not zero.
    let first = NonNull::new(ptr::without_provenance_mut(layout.align()));
    NonNull::slice_from_raw_parts(first.unwrap_or(NonNull::dangling()), 0)
}
