//! The owning handles, without their types.

use std::mem::MaybeUninit;
use std::slice;

use mem_blocks::{Block, GroupBlock, GroupRun, Run, Scatter};

use crate::front::ROOM;

/// Blocks that a handle owns.
pub(crate) trait Held {
    /// Where they are: a slice for each run of adjacent ones, in ascending order.
    fn runs(&mut self) -> Vec<*mut [u8]>;

    /// Takes the handle apart and puts it together again.
    fn through_raw(self: Box<Self>) -> Box<dyn Held>;

    /// Splits blocks off, if it is of a kind that can be split.
    fn split_off(&mut self, _at: usize) -> Option<Box<dyn Held>> {
        None
    }

    /// Gives up the blocks for good.
    fn forget(self: Box<Self>);
}

/// The bytes of values without padding, or of what will be one.
fn bytes<T>(first: *mut T, count: usize) -> *mut [u8] {
    std::ptr::slice_from_raw_parts_mut(first.cast(), count * size_of::<T>())
}

impl<T: 'static> Held for Block<T> {
    fn runs(&mut self) -> Vec<*mut [u8]> {
        vec![bytes(Block::as_ptr(self), 1)]
    }

    fn through_raw(self: Box<Self>) -> Box<dyn Held> {
        let pool = Block::pool(&self);
        let block = Block::into_raw(*self);
        // SAFETY: it came from there just now.
        Box::new(unsafe { Block::from_raw(pool, block) })
    }

    fn forget(self: Box<Self>) {
        std::mem::forget(*self);
    }
}

impl<T: 'static> Held for Run<T> {
    fn runs(&mut self) -> Vec<*mut [u8]> {
        vec![bytes(Run::as_ptr(self), self.len())]
    }

    fn through_raw(self: Box<Self>) -> Box<dyn Held> {
        let pool = Run::pool(&self);
        let blocks = Run::into_raw(*self);
        // SAFETY: it came from there just now.
        Box::new(unsafe { Run::from_raw(pool, blocks) })
    }

    fn split_off(&mut self, at: usize) -> Option<Box<dyn Held>> {
        Some(Box::new(Run::split_off(self, at)))
    }

    fn forget(self: Box<Self>) {
        std::mem::forget(*self);
    }
}

impl<const S: usize> Held for Scatter<MaybeUninit<[u8; S]>, ROOM> {
    fn runs(&mut self) -> Vec<*mut [u8]> {
        self.runs_mut().map(|run| bytes(run.as_mut_ptr(), run.len())).collect()
    }

    fn through_raw(self: Box<Self>) -> Box<dyn Held> {
        self
    }

    fn forget(self: Box<Self>) {
        std::mem::forget(*self);
    }
}

impl Held for GroupBlock {
    fn runs(&mut self) -> Vec<*mut [u8]> {
        let content: &mut [MaybeUninit<u8>] = self;
        vec![bytes(content.as_mut_ptr(), content.len())]
    }

    fn through_raw(self: Box<Self>) -> Box<dyn Held> {
        let member = GroupBlock::member(&self);
        let block = GroupBlock::into_raw(*self);
        // SAFETY: it came from there just now.
        Box::new(unsafe { GroupBlock::from_raw(member, block) })
    }

    fn forget(self: Box<Self>) {
        std::mem::forget(*self);
    }
}

impl Held for GroupRun {
    fn runs(&mut self) -> Vec<*mut [u8]> {
        let content: &mut [MaybeUninit<u8>] = self;
        vec![bytes(content.as_mut_ptr(), content.len())]
    }

    fn through_raw(self: Box<Self>) -> Box<dyn Held> {
        self
    }

    fn forget(self: Box<Self>) {
        std::mem::forget(*self);
    }
}

/// A handle whose blocks are filled with its number.
pub(crate) struct Stamped {
    held: Box<dyn Held>,
    stamp: u8,
}

impl Stamped {
    pub(crate) fn new(mut held: Box<dyn Held>, stamp: u8) -> Self {
        for run in held.runs() {
            // SAFETY: the handle owns these bytes.
            unsafe { run.cast::<u8>().write_bytes(stamp, run.len()) };
        }
        Self { held, stamp }
    }

    /// Where the blocks are, which must still be as they were filled.
    pub(crate) fn runs(&mut self) -> Vec<*mut [u8]> {
        let runs = self.held.runs();
        for &run in &runs {
            // SAFETY: the handle owns these bytes, and they were written.
            let bytes = unsafe { slice::from_raw_parts(run.cast::<u8>(), run.len()) };
            assert!(bytes.iter().all(|byte| *byte == self.stamp), "written to by somebody else");
        }
        runs
    }

    pub(crate) fn through_raw(self) -> Self {
        Self { held: self.held.through_raw(), stamp: self.stamp }
    }

    pub(crate) fn split_off(&mut self, at: usize) -> Option<Self> {
        Some(Self { held: self.held.split_off(at)?, stamp: self.stamp })
    }

    pub(crate) fn forget(self) {
        self.held.forget();
    }
}
