#![forbid(unsafe_code)]

use mem_blocks::{Block, GroupBlock, GroupRun, Run, Scatter, ScatterIterMut, ScatterRunsMut};

fn clone<T: Clone>() {}
fn copy<T: Copy>() {}

fn main() {
    clone::<Block<u8>>(); //~ ERROR
    clone::<Run<u8>>(); //~ ERROR
    clone::<Scatter<u8, 2>>(); //~ ERROR
    clone::<GroupBlock>(); //~ ERROR
    clone::<GroupRun>(); //~ ERROR
    clone::<ScatterIterMut<'_, u8>>(); //~ ERROR
    clone::<ScatterRunsMut<'_, u8>>(); //~ ERROR
    copy::<Block<u8>>(); //~ ERROR
}
