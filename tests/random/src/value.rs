//! The values in the blocks: a stamp in every byte, and a note of every drop.

use std::cell::RefCell;

use bytemuck::{Pod, Zeroable};

/// What a block of `size_of::<B>()` bytes holds.
///
/// Stamps differ, as far as so many bytes can: a block that was handed out twice, or is reached by who owns another one,
/// has the wrong one.
#[repr(transparent)]
pub(crate) struct Value<B: Pod>(B);

// SAFETY: `B` is one, and there is nothing else.
#[allow(unsafe_code, reason = "`alloc_zeroed` asks for it")]
unsafe impl<B: Pod> Zeroable for Value<B> {}

impl<B: Pod> Value<B> {
    pub(crate) fn new(stamp: u64) -> Self {
        let mut value = Self(B::zeroed());
        value.stamp(stamp);
        value
    }

    /// Replaces the stamp.
    pub(crate) fn stamp(&mut self, stamp: u64) {
        write_stamp(bytemuck::bytes_of_mut(&mut self.0), stamp);
    }

    pub(crate) fn has(&self, stamp: u64) -> bool {
        has_stamp(bytemuck::bytes_of(&self.0), stamp)
    }
}

impl<B: Pod> Drop for Value<B> {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(start_of(bytemuck::bytes_of(&self.0))));
    }
}

thread_local! {
    static DROPPED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Whether these values were dropped since the last time, in this order, and no others.
pub(crate) fn were_dropped<B: Pod>(stamps: &[u64]) -> bool {
    let part = u64::MAX >> (64 - 8 * size_of::<B>().min(8));
    let dropped = DROPPED.take();
    dropped.iter().copied().eq(stamps.iter().map(|&stamp| stamp & part))
}

/// Of the bytes of a value, those that fit in a number.
fn start_of(bytes: &[u8]) -> u64 {
    let mut start = [0; 8];
    let length = bytes.len().min(8);
    start[..length].copy_from_slice(&bytes[..length]);
    u64::from_le_bytes(start)
}

/// Fills bytes with a stamp.
pub(crate) fn write_stamp(bytes: &mut [u8], stamp: u64) {
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&stamp.to_le_bytes()[..part.len()]);
    }
}

pub(crate) fn has_stamp(bytes: &[u8], stamp: u64) -> bool {
    bytes.chunks(8).all(|part| part == &stamp.to_le_bytes()[..part.len()])
}
