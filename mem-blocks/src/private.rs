//! What generated code names. Not part of the interface: it changes without notice.

use core::mem;
use core::ptr::NonNull;

use crate::buffer::{Alignment, SupportedAlignment};
use crate::raw::RawMemBlocks;

pub use crate::buffer::BlockBuffer;
pub use crate::checks::{
    check_address, check_align, check_block, check_buffer, check_buffer_align, check_number,
};
pub use crate::definition::{Align, BufferOf, Definition, Shape, TypeOf, UserBuffer, type_of};
pub use crate::packet_pool::{Packets, packets};
pub use crate::raw::{Bitmap, Operations};

/// Where a buffer of the macro's own starts, from which all of it can be reached.
#[must_use]
pub const fn start<const M: usize, const A: usize>(
    buffer: &'static BlockBuffer<u8, M, A>,
) -> *const u8
where
    Alignment<A>: SupportedAlignment,
{
    buffer.as_ptr()
}

/// A place in memory that Rust knows nothing of.
#[must_use]
pub const fn at(address: usize) -> *const u8 {
    address as *const u8
}

/// The allocator that a definition stands for.
///
/// Of any type `D`, because a bound would make a second error of a type that `type_of` has
/// refused.
///
/// # Safety
///
/// `D` is the type whose shape is `shape`, which the checks were asked about. From `buffer` on
/// there is memory for the blocks, aligned for them, which `buffer` may reach and nothing but the
/// blocks' owners accesses. No other allocator uses it or the bitmap. `operations` are what
/// [`Shape::listened`] gives for `shape`, if any.
#[must_use]
pub const unsafe fn allocator<D, const W: usize>(
    shape: Shape,
    buffer: *const u8,
    bitmap: &'static Bitmap<W>,
    name: &'static str,
    operations: Option<&'static Operations>,
) -> D {
    const {
        assert!(size_of::<D>() == size_of::<RawMemBlocks>(), "the type must be a `MemBlocks`");
    }
    let geometry = shape.accepted_geometry();
    let buffer = match NonNull::new(buffer.cast_mut()) {
        Some(buffer) => buffer,
        // Refused by `check_address`.
        None => NonNull::dangling(),
    };
    // SAFETY: I2, I8. The caller vouches for the memory and the bitmap; I9. For their size as well.
    let raw = unsafe { RawMemBlocks::new(buffer, geometry, bitmap) };
    // SAFETY: I9, passed on to the caller.
    let raw = unsafe { raw.defined(name, operations) };
    // SAFETY: I9. `D` is a `MemBlocks` of this geometry, which is `repr(transparent)`; what is copied
    // has no `Drop`.
    unsafe { mem::transmute_copy(&raw) }
}
