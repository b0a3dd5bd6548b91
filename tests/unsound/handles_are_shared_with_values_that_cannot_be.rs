#![forbid(unsafe_code)]

use std::cell::Cell;

use mem_blocks::{Block, Run, Scatter, ScatterIter, ScatterIterMut, ScatterRuns, ScatterRunsMut};

fn share<T: Sync>() {}

fn main() {
    share::<Block<Cell<u8>>>(); //~ ERROR
    share::<Run<Cell<u8>>>(); //~ ERROR
    share::<Scatter<Cell<u8>, 2>>(); //~ ERROR
    share::<ScatterIter<'_, Cell<u8>>>(); //~ ERROR
    share::<ScatterIterMut<'_, Cell<u8>>>(); //~ ERROR
    share::<ScatterRuns<'_, Cell<u8>>>(); //~ ERROR
    share::<ScatterRunsMut<'_, Cell<u8>>>(); //~ ERROR
}
