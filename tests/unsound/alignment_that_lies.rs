#![forbid(unsafe_code)]

use mem_blocks::{BlockBuffer, SupportedAlignment};

struct Mine;

impl SupportedAlignment for Mine { //~ ERROR
    type Unit = u8;
}

fn buffer(_: &BlockBuffer<u32, 4, 3>) {} //~ ERROR

fn main() {}
