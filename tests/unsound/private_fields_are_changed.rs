#![forbid(unsafe_code)]

use mem_blocks::{Bitmap, Block, Group, GroupRun, Run, Scatter};

fn change(
    block: &mut Block<u32>,
    run: &mut Run<u32>,
    scatter: &mut Scatter<u32, 2>,
    of_a_group: &mut GroupRun,
    group: &mut Group<usize, 2>,
    bitmap: &mut Bitmap<1>,
) {
    block.value = run.first; //~ ERROR x2
    run.len = 9; //~ ERROR
    scatter.blocks = 9; //~ ERROR
    of_a_group.count = 9; //~ ERROR
    group.len = 9; //~ ERROR
    bitmap.words = [9]; //~ ERROR
}

fn main() {}
