#![forbid(unsafe_code)]

use std::cell::Cell;

use mem_blocks::{ScatterIter, ScatterRuns};

fn send<T: Send>() {}

fn main() {
    send::<ScatterIter<'_, Cell<u8>>>(); //~ ERROR
    send::<ScatterRuns<'_, Cell<u8>>>(); //~ ERROR
}
