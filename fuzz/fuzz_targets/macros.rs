//! Whatever tokens a macro is called with: never a panic, never a hang, always an error or a definition.
//!
//! An input is a text to read, in `seeds/macros` as well as where one has been found.

#![no_main]

use std::str;

use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use mem_blocks_fuzz_macros::{Input, judge, soup};

fuzz_target!(|text: &str| -> Corpus {
    match Input::read(text) {
        Some(input) => {
            let _ = judge(&input);
            Corpus::Keep
        }
        None => Corpus::Reject,
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Now and then, characters: for literals and words that nobody has thought of.
    if seed % 8 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let text = str::from_utf8(&data[..size]).ok();
    match text.and_then(|text| soup::mutate(text, seed.into())) {
        Some(text) if text.len() <= max_size => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        // Too long, or no tokens.
        _ => fuzzer_mutate(data, size, max_size),
    }
});
