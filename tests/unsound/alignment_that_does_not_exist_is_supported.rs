#![forbid(unsafe_code)]

use mem_blocks::{Alignment, SupportedAlignment};

impl SupportedAlignment for Alignment<3> { //~ ERROR
    type Unit = u8;
}

fn main() {}
