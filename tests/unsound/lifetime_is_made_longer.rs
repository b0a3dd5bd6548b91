#![forbid(unsafe_code)]

use mem_blocks::{Block, Run, Scatter, ScatterIter};

fn block<'a>(block: Block<&'a u32>) -> Block<&'static u32> {
    block //~ ERROR
}

fn run<'a>(run: Run<&'a u32>) -> Run<&'static u32> {
    run //~ ERROR
}

fn scatter<'a>(scatter: Scatter<&'a u32, 2>) -> Scatter<&'static u32, 2> {
    scatter //~ ERROR
}

fn iterator<'a>(blocks: ScatterIter<'a, u32>) -> ScatterIter<'static, u32> {
    blocks //~ ERROR
}

fn main() {}
