//! Random sequences of operations against a plain model: a `bool` a block.

#![allow(unsafe_code, reason = "the address-level interface")]

use std::ops::Range;
use std::ptr;

use mem_blocks::{AllocError, ClaimError, FreeErrorKind, RawMemBlocks, define_mem_blocks};
use proptest::prelude::*;

/// What the allocator must do, as plainly as it can be said.
struct Model {
    taken: Vec<bool>,
}

impl Model {
    fn free_blocks(&self) -> Vec<usize> {
        (0..self.taken.len()).filter(|&index| !self.taken[index]).collect()
    }

    fn is_free(&self, range: Range<usize>) -> bool {
        self.taken[range].iter().all(|taken| !taken)
    }

    fn alloc(&mut self, count: usize) -> Result<Vec<usize>, AllocError> {
        if count > self.taken.len() {
            return Err(AllocError::ExceedsCapacity);
        }
        let mut free = self.free_blocks();
        if count > free.len() {
            return Err(AllocError::Exhausted);
        }
        free.truncate(count);
        for &index in &free {
            self.taken[index] = true;
        }
        Ok(free)
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

    fn largest_free_run(&self) -> usize {
        self.taken.split(|&taken| taken).map(<[bool]>::len).max().unwrap_or(0)
    }
}

#[derive(Clone, Debug)]
enum Operation {
    Alloc(usize),
    AllocContiguous(usize),
    Claim(usize, usize),
    Free(Vec<usize>),
    FreeContiguous(usize, usize),
}

/// Operations on a pool of `blocks` blocks, with a few arguments that are too large.
fn operations(blocks: usize) -> impl Strategy<Value = Vec<Operation>> {
    let most = blocks + 2;
    let operation = prop_oneof![
        (0..=most).prop_map(Operation::Alloc),
        (0..=3_usize).prop_map(Operation::Alloc),
        (1..=most).prop_map(Operation::AllocContiguous),
        (1..=8_usize).prop_map(Operation::AllocContiguous),
        (0..blocks, 1..=most).prop_map(|(start, count)| Operation::Claim(start, count)),
        prop::collection::vec(0..most, 0..6).prop_map(Operation::Free),
        (0..blocks, 1..=most).prop_map(|(start, count)| Operation::FreeContiguous(start, count)),
        (0..blocks, 1..=4_usize).prop_map(|(start, count)| Operation::FreeContiguous(start, count)),
    ];
    prop::collection::vec(operation, 1..100)
}

/// Runs the operations on both, and compares each result and the state after each.
fn compare(raw: &'static RawMemBlocks, operations: &[Operation]) -> Result<(), TestCaseError> {
    let mut model = Model { taken: vec![false; raw.num_blocks()] };
    let start = raw.buffer().cast::<u8>();
    let address = |index: usize| start.wrapping_add(index.wrapping_mul(raw.block_size()));
    let index = |address: *mut u8| (address.addr() - start.addr()) / raw.block_size();

    // What the sequence before has left, be it one that failed and is now being made smaller.
    for place in 0..model.taken.len() {
        // SAFETY: nothing accesses the blocks.
        let _ = unsafe { raw.free(&[address(place)]) };
    }
    prop_assert_eq!(raw.used(), 0);

    for operation in operations {
        match operation {
            &Operation::Alloc(count) => {
                let mut out = vec![ptr::null_mut(); count];
                let result = raw.alloc(&mut out).map(|()| out.into_iter().map(index).collect());
                prop_assert_eq!(result, model.alloc(count));
            }
            &Operation::AllocContiguous(count) => {
                let result = raw.alloc_contiguous(count).map(|first| index(first.as_ptr()));
                prop_assert_eq!(result, model.alloc_contiguous(count));
            }
            &Operation::Claim(start, count) => {
                prop_assert_eq!(raw.claim(address(start), count), model.claim(start, count));
            }
            Operation::Free(list) => {
                let blocks: Vec<*mut u8> = list.iter().map(|&index| address(index)).collect();
                // SAFETY: nothing accesses the blocks.
                let result = unsafe { raw.free(&blocks) };
                prop_assert_eq!(result.map_err(|e| (e.entry(), e.kind())), model.free(list));
            }
            &Operation::FreeContiguous(start, count) => {
                // SAFETY: nothing accesses the blocks.
                let result = unsafe { raw.free_contiguous(address(start), count) };
                let list: Vec<usize> = if start + count > model.taken.len() {
                    // What lies past the end is refused before the state is looked at.
                    vec![usize::MAX; model.taken.len() - start + 1]
                } else {
                    (start..start + count).collect()
                };
                let expected = if list.contains(&usize::MAX) {
                    Err((list.len() - 1, FreeErrorKind::NotInBuffer))
                } else {
                    model.free(&list)
                };
                prop_assert_eq!(result.map_err(|e| (e.entry(), e.kind())), expected);
            }
        }
        raw.assert_valid();
        let free = model.free_blocks();
        prop_assert_eq!(raw.available(), free.len());
        prop_assert_eq!(raw.used(), model.taken.len() - free.len());
        prop_assert_eq!(raw.largest_free_run(), model.largest_free_run());
        for place in 0..model.taken.len() {
            prop_assert_eq!(raw.is_region_free(address(place), 1), !model.taken[place]);
        }
    }
    Ok(())
}

macro_rules! agrees_with_the_model {
    ($($name:ident: $block:ty, $blocks:literal;)*) => {
        $(
            proptest! {
                #![proptest_config(ProptestConfig::with_cases(200))]
                #[test]
                fn $name(operations in operations($blocks)) {
                    define_mem_blocks! {
                        static POOL: mem_blocks::MemBlocks<$block, $blocks>;
                    }
                    compare(POOL.raw(), &operations)?;
                }
            }
        )*
    };
}

agrees_with_the_model! {
    one_block_agrees_with_the_model: u32, 1;
    two_blocks_agree_with_the_model: [u8; 12], 2;
    a_word_less_one_agrees_with_the_model: [u8; 64], 31;
    a_whole_word_agrees_with_the_model: [u8; 24], 32;
    a_word_and_one_agree_with_the_model: u8, 33;
    two_words_agree_with_the_model: [u8; 1536], 64;
    four_words_less_some_agree_with_the_model: [u16; 3], 100;
}
