//! A handle of a group, and what it must own.

use std::{mem::MaybeUninit, ptr};

use mem_blocks::{GroupBlock, GroupRun, RawMemBlocks};

use crate::{
    model,
    value::{has_stamp, write_stamp},
};

/// A handle, and what it must own.
pub(super) enum Handle {
    Block(GroupBlock),
    Run(GroupRun),
}

pub(super) struct Held {
    pub(super) handle: Handle,
    pub(super) member: usize,
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) stamp: u64,
}

impl Handle {
    pub(super) fn bytes(&self) -> &[MaybeUninit<u8>] {
        match self {
            Self::Block(block) => block,
            Self::Run(run) => run,
        }
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        match self {
            Self::Block(block) => block,
            Self::Run(run) => run,
        }
    }

    pub(super) fn into_raw(self) -> *mut u8 {
        match self {
            Self::Block(block) => GroupBlock::into_raw(block),
            Self::Run(run) => GroupRun::into_raw(run),
        }
    }
}

impl Held {
    /// Stamps all bytes.
    pub(super) fn write(&mut self) {
        let bytes = self.handle.bytes_mut();
        // SAFETY: they were written when the handle came into the bag.
        let bytes = unsafe { &mut *(&raw mut *bytes as *mut [u8]) };
        write_stamp(bytes, self.stamp);
    }

    /// Panics unless it owns its blocks, and they hold its stamp.
    pub(super) fn check(&self, member: &'static RawMemBlocks) {
        let owner = match &self.handle {
            Handle::Block(block) => Some(GroupBlock::member(block)),
            Handle::Run(run) => GroupRun::member(run),
        };
        assert!(owner.is_some_and(|owner| ptr::eq(owner, member)), "another member");
        let bytes = self.handle.bytes();
        assert_eq!(bytes.len(), self.count * member.block_size(), "bytes of a handle");
        assert_eq!(
            model::index(member, bytes.as_ptr().cast()),
            self.first,
            "the blocks of a handle"
        );
        // SAFETY: they were written when the handle came into the bag.
        let bytes = unsafe { &*(&raw const *bytes as *const [u8]) };
        assert!(has_stamp(bytes, self.stamp), "block {} holds another stamp", self.first);
    }
}
