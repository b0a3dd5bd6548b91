//! Random sequences of operations against the model of `tests/bodies`.

use std::mem::MaybeUninit;
use std::sync::LazyLock;

use mem_blocks::{Bitmap, MemBlocks, bitmap_words, define_mem_blocks};
use mem_blocks_bodies::model::{Operation, compare};
use proptest::prelude::*;

/// Operations on a pool of `blocks` blocks, with a few arguments that are too large.
fn operations(blocks: usize) -> impl Strategy<Value = Vec<Operation>> {
    let most = blocks + 2;
    let operation = prop_oneof![
        Just(Operation::AllocOne),
        (0..=most).prop_map(Operation::Alloc),
        (0..=3_usize).prop_map(Operation::Alloc),
        (1..=most).prop_map(Operation::AllocContiguous),
        (1..=8_usize).prop_map(Operation::AllocContiguous),
        (0..blocks, 1..=most).prop_map(|(start, count)| Operation::Claim(start, count)),
        prop::collection::vec(0..most, 0..6)
            .prop_map(|list| Operation::Free(list.into_iter().collect())),
        (0..blocks, 1..=most).prop_map(|(start, count)| Operation::FreeContiguous(start, count)),
        (0..blocks, 1..=4_usize).prop_map(|(start, count)| Operation::FreeContiguous(start, count)),
    ];
    prop::collection::vec(operation, 1..100)
}

/// Random sequences, and where the allocator is one that the macros have not defined, how it is built.
macro_rules! agrees_with_the_model {
    ($($name:ident: $block:ty, $blocks:literal, $cases:literal $(, $built:ident)?;)*) => {
        $(
            proptest! {
                #![proptest_config(ProptestConfig::with_cases($cases))]
                #[test]
                fn $name(operations in operations($blocks)) {
                    agrees_with_the_model!(@pool $block, $blocks $(, $built)?);
                    compare::<{ $blocks + 2 }, $block, $blocks>(&POOL, &operations);
                }
            }
        )*
    };
    (@pool $block:ty, $blocks:literal) => {
        define_mem_blocks! {
            static POOL: MemBlocks<$block, $blocks>;
        }
    };
    (@pool $block:ty, $blocks:literal, built) => {
        static POOL: LazyLock<&'static MemBlocks<$block, $blocks>> = LazyLock::new(|| {
            let buffer = Box::leak(Box::new([const { MaybeUninit::uninit() }; $blocks]));
            let bitmap = Box::leak(Box::new(Bitmap::<{ bitmap_words($blocks) }>::new()));
            Box::leak(Box::new(MemBlocks::new(buffer, bitmap)))
        });
    };
}

agrees_with_the_model! {
    one_block_agrees_with_the_model: u32, 1, 200;
    two_blocks_agree_with_the_model: [u8; 12], 2, 200;
    a_word_less_one_agrees_with_the_model: [u8; 64], 31, 200;
    a_whole_word_agrees_with_the_model: [u8; 24], 32, 200;
    a_word_and_one_agree_with_the_model: u8, 33, 200;
    two_words_agree_with_the_model: [u8; 1536], 64, 200;
    four_words_less_some_agree_with_the_model: [u16; 3], 100, 200;
    // A word of the summary, all of it, and the first block that needs another and one above the two.
    a_full_word_of_words_agrees_with_the_model: u8, 1024, 30;
    a_word_of_words_and_a_block_agree_with_the_model: [u8; 3], 1025, 30;
    two_words_of_words_agree_with_the_model: u16, 1100, 30;
    // Without a summary.
    a_word_built_at_run_time_agrees_with_the_model: u16, 20, 100, built;
    two_words_built_at_run_time_agree_with_the_model: [u8; 5], 40, 200, built;
    four_words_built_at_run_time_agree_with_the_model: u8, 100, 200, built;
    many_words_built_at_run_time_agree_with_the_model: u8, 1100, 30, built;
}
