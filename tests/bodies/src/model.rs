//! Sequences of operations against a plain model: a `bool` a block. Short ones, for the cores; `tests/random` has long ones.

use core::iter;
use core::mem::{self, MaybeUninit};
use core::ops::Range;
use core::ptr::NonNull;

use heapless::Vec;
use mem_blocks::{
    AllocError, Bitmap, Block, ClaimError, FreeErrorKind, MemBlocks, RawMemBlocks, bitmap_words,
    define_mem_blocks,
};
use static_cell::{ConstStaticCell, StaticCell};

use crate::Test;
use crate::numbers::Numbers;

/// All of the module.
pub const TESTS: &[Test] = tests![
    one_block_agrees_with_the_model,
    a_word_less_one_agrees_with_the_model,
    a_whole_word_agrees_with_the_model,
    a_word_and_one_agree_with_the_model,
    two_words_agree_with_the_model,
    four_words_less_some_agree_with_the_model,
    one_word_built_at_run_time_agrees_with_the_model,
    two_words_built_at_run_time_agree_with_the_model,
    four_words_built_at_run_time_agree_with_the_model,
];

/// The largest requests in the tests of the cores: some are for more blocks than there are.
const MOST: usize = 102;

/// What an allocator is asked to do, with indices of blocks for their addresses.
enum Operation {
    /// To take a block by the typed front.
    AllocOne,
    /// To take so many blocks.
    Alloc(usize),
    /// To take so many adjacent blocks.
    AllocContiguous(usize),
    /// To take so many blocks, which is the second number, from the first on.
    Claim(usize, usize),
    /// To give back these blocks.
    Free(Vec<usize, 5>),
    /// To give back so many blocks, which is the second number, from the first on.
    FreeContiguous(usize, usize),
}

/// What the allocator must do, as plainly as it can be said.
struct Model {
    taken: Vec<bool, MOST>,
}

impl Model {
    fn new(blocks: usize) -> Self {
        Self { taken: iter::repeat_n(false, blocks).collect() }
    }

    fn available(&self) -> usize {
        self.taken.iter().filter(|&&taken| !taken).count()
    }

    fn is_free(&self, range: Range<usize>) -> bool {
        self.taken[range].iter().all(|taken| !taken)
    }

    /// What is to be said of a request for `count` blocks. Which ones is for the allocator to choose.
    fn may_alloc(&self, count: usize) -> Result<(), AllocError> {
        if count > self.taken.len() {
            Err(AllocError::ExceedsCapacity)
        } else if count > self.available() {
            Err(AllocError::Exhausted)
        } else {
            Ok(())
        }
    }

    /// Takes a block, if it is free.
    fn take(&mut self, index: usize) -> bool {
        self.taken.get_mut(index).is_some_and(|taken| !mem::replace(taken, true))
    }

    fn alloc_contiguous(&mut self, count: usize) -> Result<usize, AllocError> {
        if count > self.taken.len() {
            return Err(AllocError::ExceedsCapacity);
        }
        let start = (0..=self.taken.len() - count)
            .find(|&start| self.is_free(start..start + count))
            .ok_or(AllocError::Exhausted)?;
        self.taken[start..start + count].fill(true);
        Ok(start)
    }

    fn claim(&mut self, start: usize, count: usize) -> Result<(), ClaimError> {
        if start + count > self.taken.len() {
            return Err(ClaimError::OutOfRange);
        }
        if !self.is_free(start..start + count) {
            return Err(ClaimError::Taken);
        }
        self.taken[start..start + count].fill(true);
        Ok(())
    }

    fn free(&mut self, list: &[usize]) -> Result<(), (usize, FreeErrorKind)> {
        for (entry, &index) in list.iter().enumerate() {
            if index >= self.taken.len() {
                return Err((entry, FreeErrorKind::NotInBuffer));
            }
            if !self.taken[index] {
                return Err((entry, FreeErrorKind::NotAllocated));
            }
            if list[..entry].contains(&index) {
                return Err((entry, FreeErrorKind::ListedTwice));
            }
        }
        for &index in list {
            self.taken[index] = false;
        }
        Ok(())
    }

    fn free_contiguous(
        &mut self,
        start: usize,
        count: usize,
    ) -> Result<(), (usize, FreeErrorKind)> {
        // What lies past the end is refused before the state is looked at.
        let behind = self.taken.len() - start;
        if count > behind {
            return Err((behind, FreeErrorKind::NotInBuffer));
        }
        let run = &mut self.taken[start..start + count];
        if let Some(entry) = run.iter().position(|taken| !taken) {
            return Err((entry, FreeErrorKind::NotAllocated));
        }
        run.fill(false);
        Ok(())
    }

    fn largest_free_run(&self) -> usize {
        self.taken.split(|&taken| taken).map(<[bool]>::len).max().unwrap_or(0)
    }
}

/// An allocator and what it must be like.
struct Pair<T: 'static, const N: usize> {
    pool: &'static MemBlocks<T, N>,
    raw: &'static RawMemBlocks,
    model: Model,
}

impl<T, const N: usize> Pair<T, N> {
    /// With all blocks free.
    fn new(pool: &'static MemBlocks<T, N>) -> Self {
        let raw = pool.raw();
        let pair = Self { pool, raw, model: Model::new(N) };
        // What another sequence has left, be it one that failed.
        for index in 0..N {
            // SAFETY: nothing accesses the blocks.
            let _ = unsafe { raw.free(&[pair.address(index)]) };
        }
        pair.compare();
        pair
    }

    /// Where the block with this index would start, if there were one.
    fn address(&self, index: usize) -> *mut u8 {
        let start = self.raw.buffer().cast::<u8>();
        start.wrapping_add(index.wrapping_mul(self.raw.block_size()))
    }

    /// Does it with both, and says whether it was done: not if it was refused.
    fn perform(&mut self, operation: &Operation) -> bool {
        match *operation {
            Operation::AllocOne => {
                let result = self.pool.alloc().map(|block| Block::into_raw(block).cast::<u8>());
                assert_eq!(result.err(), self.model.may_alloc(1).err());
                self.take(result.ok().as_slice());
                result.is_ok()
            }
            Operation::Alloc(count) => self.alloc(count),
            Operation::AllocContiguous(count) => {
                let result = self.raw.alloc_contiguous(count);
                let expected = self.model.alloc_contiguous(count);
                let first = expected.map(|start| self.address(start));
                assert_eq!(result.map(NonNull::as_ptr), first);
                result.is_ok()
            }
            Operation::Claim(start, count) => {
                let result = self.raw.claim(self.address(start), count);
                assert_eq!(result, self.model.claim(start, count));
                result.is_ok()
            }
            Operation::Free(ref list) => {
                let blocks: Vec<*mut u8, 5> =
                    list.iter().map(|&index| self.address(index)).collect();
                // SAFETY: nothing accesses the blocks.
                let result = unsafe { self.raw.free(&blocks) };
                assert_eq!(result.map_err(|e| (e.entry(), e.kind())), self.model.free(list));
                result.is_ok()
            }
            Operation::FreeContiguous(start, count) => {
                // SAFETY: nothing accesses the blocks.
                let result = unsafe { self.raw.free_contiguous(self.address(start), count) };
                let expected = self.model.free_contiguous(start, count);
                assert_eq!(result.map_err(|e| (e.entry(), e.kind())), expected);
                result.is_ok()
            }
        }
    }

    fn alloc(&mut self, count: usize) -> bool {
        // An address that is no block's, for the entries that must stay as they are.
        let none = self.address(usize::MAX);
        let mut out = [none; MOST];
        let result = self.raw.alloc(&mut out[..count]);
        assert_eq!(result, self.model.may_alloc(count));
        let (blocks, rest) = out.split_at(if result.is_ok() { count } else { 0 });
        assert!(rest.iter().all(|&entry| entry == none), "`out` was touched in vain");
        assert!(blocks.is_sorted(), "not in ascending order");
        self.take(blocks);
        result.is_ok()
    }

    /// Takes in the model what the allocator has given.
    fn take(&mut self, blocks: &[*mut u8]) {
        let start = self.address(0).addr();
        for block in blocks {
            let offset = block.addr() - start;
            assert_eq!(offset % self.raw.block_size(), 0, "not the start of a block");
            assert!(self.model.take(offset / self.raw.block_size()), "a block that was not free");
        }
    }

    /// Looks at all that can be asked of the allocator.
    fn compare(&self) {
        let Self { raw, model, .. } = self;
        raw.assert_valid();
        assert_eq!(raw.available(), model.available());
        assert_eq!(raw.used(), model.taken.len() - model.available());
        assert_eq!(raw.largest_free_run(), model.largest_free_run());
        for (index, taken) in model.taken.iter().enumerate() {
            assert_eq!(raw.is_region_free(self.address(index), 1), !taken);
        }
    }
}

/// An operation of one of six kinds, on an allocator of so many blocks.
fn operation(kind: usize, numbers: &mut Numbers, blocks: usize) -> Operation {
    let most = blocks + 2;
    let start = numbers.below(blocks);
    // A few blocks as often as any number of them, which is seldom there.
    let highest = if numbers.below(2) == 0 { most } else { most.min(4) };
    let count = 1 + numbers.below(highest);
    match kind {
        0 => Operation::Alloc(count),
        1 => Operation::AllocContiguous(count),
        2 => Operation::Claim(start, count),
        3 => {
            let length = numbers.below(6);
            Operation::Free((0..length).map(|_| numbers.below(most)).collect())
        }
        4 => Operation::FreeContiguous(start, count),
        _ => Operation::AllocOne,
    }
}

/// A sequence that is the same in every run. Each kind of operation must have changed something in
/// it, and must have been refused.
fn agrees_with_the_model<T, const N: usize>(pool: &'static MemBlocks<T, N>, seed: u32) {
    let mut numbers = Numbers::new(seed);
    let mut pair = Pair::<T, N>::new(pool);
    let (mut changes, mut refusals) = ([0; 6], [0; 6]);
    for _ in 0..360 {
        let kind = numbers.below(6);
        let used = pool.used();
        if pair.perform(&operation(kind, &mut numbers, N)) {
            changes[kind] += usize::from(pool.used() != used);
        } else {
            refusals[kind] += 1;
        }
        pair.compare();
    }
    assert!(changes.into_iter().chain(refusals).all(|times| times > 0), "{changes:?} {refusals:?}");
}

/// A test for each allocator, with the seed of its sequence.
macro_rules! agree {
    ($($name:ident: $block:ty, $blocks:literal, $seed:literal;)*) => {
        $(
            fn $name() {
                define_mem_blocks! {
                    static POOL: MemBlocks<$block, $blocks>;
                }
                agrees_with_the_model(&POOL, $seed);
            }
        )*
    };
}

agree! {
    one_block_agrees_with_the_model: u32, 1, 1;
    a_word_less_one_agrees_with_the_model: [u8; 20], 31, 2;
    a_whole_word_agrees_with_the_model: [u8; 24], 32, 3;
    a_word_and_one_agree_with_the_model: u8, 33, 4;
    two_words_agree_with_the_model: [u8; 12], 64, 5;
    four_words_less_some_agree_with_the_model: [u16; 3], 100, 6;
}

/// The same for allocators that are built at run time: their bitmaps have no summary.
macro_rules! built_agree {
    ($($name:ident: $block:ty, $blocks:literal, $seed:literal;)*) => {
        $(
            fn $name() {
                static BUFFER: ConstStaticCell<[MaybeUninit<$block>; $blocks]> =
                    ConstStaticCell::new([MaybeUninit::uninit(); $blocks]);
                static BITMAP: ConstStaticCell<Bitmap<{ bitmap_words($blocks) }>> =
                    ConstStaticCell::new(Bitmap::new());
                static POOL: StaticCell<MemBlocks<$block, $blocks>> = StaticCell::new();
                let pool = POOL.init(MemBlocks::new(BUFFER.take(), BITMAP.take()));
                agrees_with_the_model(pool, $seed);
            }
        )*
    };
}

built_agree! {
    one_word_built_at_run_time_agrees_with_the_model: u16, 20, 7;
    two_words_built_at_run_time_agree_with_the_model: [u8; 5], 40, 8;
    four_words_built_at_run_time_agree_with_the_model: u8, 100, 10;
}
