//! Blocks given back by address: all of them are, or the call says why not.

use core::ops::Range;
use core::ptr;

use super::RawMemBlocks;
use super::one::{self, One};
use super::operations::Expected;
use crate::bitmap::{self, Bits, WORD_BITS};
use crate::error::{FreeError, FreeErrorKind};

impl RawMemBlocks {
    /// Gives back one block of a pool of one word, if it is one and taken.
    #[inline]
    pub(super) fn free_one(&self, block: *mut u8) -> bool {
        let this = self.by_address();
        let one = One::of(this, self.num_blocks());
        let index = self.geometry.index_of(this.offset(block));
        index.is_some_and(|index| one.give_back_one(bitmap::bit(index)))
    }

    /// Gives back blocks, all of them or none.
    pub(super) fn free_list(&self, blocks: &[*mut u8]) -> Result<(), FreeError> {
        match self.operations {
            _ if blocks.is_empty() => Ok(()),
            None => one::free_each(self, blocks),
            Some(by) => (by.free_each)(self, blocks),
        }
    }

    /// The bits of blocks of a pool of one word, if each is one and stands in the list once.
    pub(super) fn bits_of(&self, blocks: &[*mut u8]) -> Option<Bits> {
        blocks.iter().try_fold(0, |bits, &block| {
            let bit = bitmap::bit(self.index_of(block)?);
            (bits & bit == 0).then_some(bits | bit)
        })
    }

    /// Why the only entry of a list is refused.
    #[cold]
    #[inline(never)]
    pub(super) fn refusal_of_one(&self, block: *mut u8) -> FreeError {
        self.refusal(&[block], bitmap::FULL)
    }

    /// Why a list is refused, of which not all are blocks, and taken, or one stands there twice.
    #[cold]
    #[inline(never)]
    pub(super) fn refusal(&self, blocks: &[*mut u8], free: Bits) -> FreeError {
        let found = refusal(&[self], blocks, Some(free));
        // There is one.
        found.unwrap_or(FreeError::new(0, FreeErrorKind::NotAllocated))
    }

    /// Gives back adjacent blocks, at least one, all of them or none.
    pub(super) fn free_run(&self, first: *mut u8, count: usize) -> Result<(), FreeError> {
        match self.index_of(first) {
            Some(start) if count <= self.num_blocks() - start => self
                .give_back_checked(&(start..start + count))
                .map_err(|index| FreeError::new(index - start, FreeErrorKind::NotAllocated)),
            start => Err(self.refuse_run(first, start)),
        }
    }

    /// Refuses a run that begins at no block, or at one from which on there are not as many.
    #[cold]
    #[inline(never)]
    fn refuse_run(&self, first: *mut u8, start: Option<usize>) -> FreeError {
        let (wrong, error) = match start {
            Some(start) => {
                let end = self.address_of(self.num_blocks()).as_ptr();
                (end, FreeError::new(self.num_blocks() - start, FreeErrorKind::NotInBuffer))
            }
            None => (first, FreeError::new(0, self.why_no_block(first))),
        };
        self.refuse_free(wrong, error)
    }

    /// Gives back blocks if all of them are taken; else says which is not.
    fn give_back_checked(&self, range: &Range<usize>) -> Result<(), usize> {
        match self.operations {
            None => one::free_run(self, range),
            Some(by) => (by.turn_over)(self, range, Expected::TAKEN),
        }
    }

    /// Why no block starts at `address`.
    fn why_no_block(&self, address: *const u8) -> FreeErrorKind {
        if self.owns(address) { FreeErrorKind::NotBlockStart } else { FreeErrorKind::NotInBuffer }
    }
}

/// Gives back blocks of several allocators, all of them or none.
///
/// # Safety
///
/// As for [`RawMemBlocks::free`].
pub(crate) unsafe fn free_all(
    members: &[&RawMemBlocks],
    blocks: &[*mut u8],
) -> Result<(), FreeError> {
    let first = blocks.first().and_then(|&first| member_of(members, first));
    if let Some(member) = first.filter(|member| blocks.iter().all(|&block| member.owns(block))) {
        return member.free_list(blocks);
    }
    if let Some(refusal) = refusal(members, blocks, None) {
        RawMemBlocks::tell_member(members, blocks, refusal);
        return Err(refusal);
    }
    blocks.iter().enumerate().try_for_each(|(entry, &block)| {
        let freed = member_of(members, block).is_some_and(|member| {
            let index = member.index_of_owned(block);
            member.give_back_checked(&(index..index + 1)).is_ok()
        });
        if freed { Ok(()) } else { Err(FreeError::new(entry, FreeErrorKind::NotAllocated)) }
    })
}

/// The first entry that is not the start of a block of a member, is free, or stands in the list
/// before; if there is one. `free` are the free blocks of the only member, of one word, where they
/// are known; else it is looked whether a block is.
#[cold]
#[inline(never)]
pub(super) fn refusal(
    members: &[&RawMemBlocks],
    blocks: &[*mut u8],
    free: Option<Bits>,
) -> Option<FreeError> {
    let mut highest = ptr::null_mut();
    blocks.iter().enumerate().find_map(|(entry, &block)| {
        let kind = match member_of(members, block).map(|member| (member, member.index_of(block))) {
            None => FreeErrorKind::NotInBuffer,
            Some((_, None)) => FreeErrorKind::NotBlockStart,
            Some((member, Some(index))) => {
                // As long as they ascend, none stands there twice.
                let is_new =
                    block > highest || !blocks.iter().take(entry).any(|&earlier| earlier == block);
                let free = free.unwrap_or_else(|| !member.word(index / WORD_BITS).load());
                match (is_new, free & bitmap::bit(index)) {
                    (true, 0) => {
                        highest = highest.max(block);
                        return None;
                    }
                    (false, _) => FreeErrorKind::ListedTwice,
                    (true, _) => FreeErrorKind::NotAllocated,
                }
            }
        };
        Some(FreeError::new(entry, kind))
    })
}

pub(super) fn member_of<'a>(
    members: &[&'a RawMemBlocks],
    block: *mut u8,
) -> Option<&'a RawMemBlocks> {
    members.iter().copied().find(|member| member.owns(block))
}
