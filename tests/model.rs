//! Random sequences of operations against the model of `tests/bodies`.

use mem_blocks::define_mem_blocks;
use mem_blocks_bodies::model::{Operation, compare};
use proptest::prelude::*;

/// Operations on a pool of `blocks` blocks, with a few arguments that are too large.
fn operations(blocks: usize) -> impl Strategy<Value = Vec<Operation>> {
    let most = blocks + 2;
    let operation = prop_oneof![
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
                    compare(POOL.raw(), &operations);
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
