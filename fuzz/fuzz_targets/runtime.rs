//! Whatever is done with allocators: what the model says, and no byte outside of their buffers touched.
//!
//! An input is a script, in `seeds/runtime` as well as where one has been found.

#![no_main]

use std::str;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use mem_blocks_fuzz::{mutate, play, read, write};

fuzz_target!(|text: &str| {
    // The mutator makes scripts of scripts. So what is none is a seed with a slip of the pen.
    play(&read(text).expect("an input is a script"));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let text = str::from_utf8(&data[..size]).ok();
    let mut script = text.and_then(|text| read(text).ok()).unwrap_or_default();
    mutate(&mut script, seed.into());
    let mut text = write(&script);
    while text.len() > max_size {
        script.pop();
        text = write(&script);
    }
    data[..text.len()].copy_from_slice(text.as_bytes());
    text.len()
});
