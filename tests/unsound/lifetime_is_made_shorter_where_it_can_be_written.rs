#![forbid(unsafe_code)]

use mem_blocks::{Block, ScatterIterMut, ScatterRunsMut};

fn block<'s, 'a>(block: &'s mut Block<&'static u32>) -> &'s mut Block<&'a u32> {
    block //~ ERROR
}

fn blocks<'s, 'a>(blocks: ScatterIterMut<'s, &'static u32>) -> ScatterIterMut<'s, &'a u32> {
    blocks //~ ERROR
}

fn runs<'s, 'a>(runs: ScatterRunsMut<'s, &'static u32>) -> ScatterRunsMut<'s, &'a u32> {
    runs //~ ERROR
}

fn main() {}
