//! Addresses and counts that may be anything.

use std::ptr;

use mem_blocks::{FreeErrorKind, RawMemBlocks};
use proptest::prelude::*;

use crate::model::{self, Model};

/// An address to be freed, claimed or asked for. The numbers mean the same for pools of every size: they are taken
/// modulo what there is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Address {
    /// One of the blocks that may be freed by address.
    Taken(u16),
    /// One of the blocks that are free.
    Free(u16),
    /// So many bytes into a block.
    Inside(u16, u16),
    Null,
    /// So many bytes below the buffer.
    Below(u16),
    /// So many blocks below the buffer.
    BlocksBelow(u16),
    /// So many blocks behind the last one; the first of them is where the buffer ends.
    Behind(u16),
    /// So many bytes below the end of the address space.
    Highest(u16),
    /// That of a block, but for one of the upper bits: the same, to who looks at half of it.
    Flipped(u16, u8),
    /// A block of another pool.
    Strange(u16),
}

impl Address {
    /// Whichever addresses, but more often than not such as can be freed.
    pub(crate) fn any() -> impl Strategy<Value = Self> + Clone {
        prop_oneof![
            24 => any::<u16>().prop_map(Self::Taken),
            2 => any::<u16>().prop_map(Self::Free),
            1 => any::<(u16, u16)>().prop_map(|(block, bytes)| Self::Inside(block, bytes)),
            1 => prop_oneof![
                Just(Self::Null),
                any::<u16>().prop_map(Self::Below),
                any::<u16>().prop_map(Self::BlocksBelow),
                (0..3_u16).prop_map(Self::Behind),
                any::<u16>().prop_map(Self::Behind),
                (0..2000_u16).prop_map(Self::Highest),
                any::<(u16, u8)>().prop_map(|(block, bit)| Self::Flipped(block, bit)),
                any::<u16>().prop_map(Self::Strange),
            ],
        ]
        .boxed()
    }

    /// The address. `by_address` are those of the taken blocks that no handle owns.
    pub(crate) fn resolve(
        self,
        pool: &RawMemBlocks,
        by_address: &Model,
        model: &Model,
        stranger: &RawMemBlocks,
    ) -> *mut u8 {
        let end = model::address(pool, pool.num_blocks());
        let size = pool.block_size();
        let block = |number: u16| model::address(pool, usize::from(number) % pool.num_blocks());
        let found = |found: Option<usize>| found.map_or(end, |block| model::address(pool, block));
        match self {
            Self::Taken(number) => found(by_address.taken_block(number.into())),
            Self::Free(number) => found(model.free_block(number.into())),
            // A block of one byte has no inside.
            Self::Inside(_, _) if size == 1 => end,
            Self::Inside(number, bytes) => {
                block(number).wrapping_add(1 + usize::from(bytes) % (size - 1))
            }
            Self::Null => ptr::null_mut(),
            Self::Below(bytes) => block(0).wrapping_sub(1 + usize::from(bytes)),
            Self::BlocksBelow(blocks) => block(0).wrapping_sub((1 + usize::from(blocks)) * size),
            Self::Behind(blocks) => end.wrapping_add(usize::from(blocks) * size),
            Self::Highest(bytes) => {
                let offset = usize::MAX - usize::from(bytes) - block(0).addr();
                block(0).wrapping_add(offset)
            }
            Self::Flipped(number, bit) => {
                let half = usize::BITS / 2;
                let flipped = block(number).addr() ^ 1 << (half + u32::from(bit) % half);
                block(0).wrapping_add(flipped.wrapping_sub(block(0).addr()))
            }
            Self::Strange(number) => {
                model::address(stranger, usize::from(number) % stranger.num_blocks())
            }
        }
    }
}

/// The block that starts at an address, or why none does.
pub(crate) fn block_at(pool: &RawMemBlocks, address: *const u8) -> Result<usize, FreeErrorKind> {
    let start = pool.buffer().addr();
    let end = start + pool.num_blocks() * pool.block_size();
    if address.addr() < start || address.addr() >= end {
        return Err(FreeErrorKind::NotInBuffer);
    }
    let offset = address.addr() - start;
    match offset % pool.block_size() {
        0 => Ok(offset / pool.block_size()),
        _ => Err(FreeErrorKind::NotBlockStart),
    }
}

/// How many blocks are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    /// So many.
    Few(u16),
    /// Any number, up to two more than there are.
    Any(u16),
    /// As many as are free.
    Available,
    /// As many as are free and adjacent.
    LargestFreeRun,
    /// So many below the largest number there is.
    Huge(u16),
    /// So many above the first whose size in bytes is too large a number.
    Overflow(u16),
}

impl Count {
    pub(crate) fn any() -> impl Strategy<Value = Self> + Clone {
        prop_oneof![
            10 => (0..6_u16).prop_map(Self::Few),
            3 => (20..70_u16).prop_map(Self::Few),
            3 => any::<u16>().prop_map(Self::Any),
            1 => Just(Self::Available),
            2 => Just(Self::LargestFreeRun),
            1 => (0..1100_u16).prop_map(Self::Huge),
            1 => (0..1100_u16).prop_map(Self::Overflow),
        ]
        .boxed()
    }

    pub(crate) fn resolve(self, pool: &RawMemBlocks, model: &Model) -> usize {
        match self {
            Self::Few(count) => count.into(),
            Self::Any(count) => usize::from(count) % (model.blocks() + 3),
            Self::Available => model.available(),
            Self::LargestFreeRun => model.largest_free_run(),
            Self::Huge(less) => usize::MAX - usize::from(less),
            Self::Overflow(more) => {
                (usize::MAX / pool.block_size()).wrapping_add(1 + usize::from(more))
            }
        }
    }
}
