#![forbid(unsafe_code)]

use mem_blocks::Block;

fn twice(block: &Block<u32>) -> [Block<u32>; 2] {
    [*block, *block] //~ ERROR x2
}

fn out_of_an_array(blocks: &mut [Block<u32>; 2]) -> Block<u32> {
    blocks[0] //~ ERROR
}

fn main() {}
