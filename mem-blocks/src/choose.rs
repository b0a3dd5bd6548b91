//! Choice functions for a [`Group`](crate::Group).
//!
//! Both choose by a size in bytes, and are the second argument of [`Group::new`](crate::Group::new)
//! for a `Group<usize, M>`. A choice by anything else calls them with the size that it finds in its
//! own request:
//!
//! ```
//! use mem_blocks::{choose, Group, RawMemBlocks, mem_blocks, MemBlocks};
//!
//! #[mem_blocks]
//! static SMALL: MemBlocks<[u8; 64], 8>;
//! #[mem_blocks]
//! static LARGE: MemBlocks<[u8; 1536], 4>;
//!
//! struct Request {
//!     payload: usize,
//! }
//!
//! const HEADER: usize = 14;
//!
//! fn by_frame(
//!     members: &[&'static RawMemBlocks],
//!     request: &Request,
//! ) -> Option<&'static RawMemBlocks> {
//!     choose::smallest_fit(members, &(HEADER + request.payload))
//! }
//!
//! static FRAMES: Group<Request, 2> = Group::new([SMALL.raw(), LARGE.raw()], by_frame);
//!
//! assert_eq!(FRAMES.alloc(&Request { payload: 50 })?.len(), 64);
//! assert_eq!(FRAMES.alloc(&Request { payload: 51 })?.len(), 1536);
//! # Ok::<(), mem_blocks::GroupError>(())
//! ```

use crate::raw::RawMemBlocks;

/// The member with the smallest blocks of at least `size` bytes, whether it has a free one or not.
///
/// `None` if the blocks of every member are smaller. Of members with blocks of the same size, the
/// first.
#[must_use]
pub fn smallest_fit(
    members: &[&'static RawMemBlocks],
    size: &usize,
) -> Option<&'static RawMemBlocks> {
    fitting(members, *size).min_by_key(|member| member.block_size())
}

/// The member with the smallest blocks of at least `size` bytes that has a free one: falls back to
/// larger blocks while smaller ones are exhausted.
///
/// If all of them are exhausted, the one that [`smallest_fit`] chooses, so that the caller sees
/// [`Exhausted`](crate::AllocError::Exhausted). `None` if the blocks of every member are smaller.
///
/// Counts the free blocks of each member that is large enough. It knows the size and not the number
/// of blocks that are asked for: a member with one free block is chosen for a request of two, too.
#[must_use]
pub fn smallest_fit_or_larger(
    members: &[&'static RawMemBlocks],
    size: &usize,
) -> Option<&'static RawMemBlocks> {
    fitting(members, *size)
        .filter(|member| member.available() != 0)
        .min_by_key(|member| member.block_size())
        .or_else(|| smallest_fit(members, size))
}

fn fitting(
    members: &[&'static RawMemBlocks],
    size: usize,
) -> impl Iterator<Item = &'static RawMemBlocks> {
    members.iter().copied().filter(move |member| member.block_size() >= size)
}
