//! Every state of every pool of up to six blocks, times every operation with every argument, beside a plain model.
//!
//! Words of one to four blocks make such a pool one of several words, with a summary and a summary of that, so that
//! everything which can be between words is. `cargo xtask exhaustive` builds and runs it for each length, and for words
//! that change by compare-and-swap and under the lock.

mod ends;
mod groups;
mod handles;
mod lock;
mod model;
mod ranges;
mod raw;
mod subject;
mod typed;

use std::{env, mem::MaybeUninit};

use mem_blocks::{Bitmap, MemBlocks, bitmap_words, define_mem_blocks};

use subject::{Content, Subject};

define_mem_blocks! {
    /// A pool that those under test have nothing to do with.
    static OTHER: MemBlocks<Content, 1>;
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [word, by] = arguments.as_slice() else {
        panic!("usage: mem-blocks-exhaustive BLOCKS_IN_A_WORD compare-and-swap|lock");
    };
    let word = word.parse().expect("a number of blocks");
    assert_built_so(word, by);

    let mut cases = groups::check(word);
    // With the summary that the macros give, and without.
    macro_rules! check_pools {
        ($($blocks:literal)*) => {$({
            define_mem_blocks! {
                static DECLARED: MemBlocks<Content, $blocks>;
            }
            cases += check(&DECLARED, "declared", word);
            let buffer = Box::leak(Box::new([MaybeUninit::uninit(); $blocks]));
            let bitmap = Box::leak(Box::new(Bitmap::<{ bitmap_words($blocks) }>::new()));
            let built = Box::leak(Box::new(MemBlocks::<Content, $blocks>::new(buffer, bitmap)));
            cases += check(built, "built at run time", word);
        })*};
    }
    check_pools!(1 2 3 4 5 6);
    println!("cases: {cases}");
}

/// What the arguments say is what the crate was built for.
fn assert_built_so(word: usize, by: &str) {
    let words = [word, word + 1].map(bitmap_words);
    assert_eq!(words, [1, 2], "the crate was built for words of {word} blocks");
    let before = lock::taken();
    drop(OTHER.alloc());
    let is_locked = match by {
        "compare-and-swap" => false,
        "lock" => true,
        _ => panic!("no such way to change a word: {by}"),
    };
    assert_eq!(lock::taken() != before, is_locked, "a word changes by {by}");
}

/// The number of cases.
fn check<const N: usize>(pool: &'static MemBlocks<Content, N>, how: &str, word: usize) -> u64 {
    let name = format!("{N} blocks, {word} in a word, {how}");
    let mut subject = Subject::new(name, pool.raw(), word);
    typed::check(pool, &mut subject);
    ranges::check(pool, &mut subject);
    handles::check(pool, &mut subject);
    ends::check(pool, &mut subject);
    raw::check(&mut subject, OTHER.raw().buffer().cast());
    raw::check_lists(&mut subject, OTHER.raw().buffer().cast());
    subject.cases()
}
