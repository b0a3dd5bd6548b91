#![forbid(unsafe_code)]

use mem_blocks::{
    Bitmap, Block, BlockBuffer, Group, GroupBlock, GroupRun, MemBlocks, RawMemBlocks, Run, Scatter,
    ScatterIter, ScatterIterMut, ScatterRuns, ScatterRunsMut,
};

fn main() {
    let _ = RawMemBlocks {}; //~ ERROR
    let _ = MemBlocks::<u32, 4> {}; //~ ERROR
    let _ = Block::<u32> {}; //~ ERROR
    let _ = Run::<u32> {}; //~ ERROR
    let _ = Scatter::<u32, 4> {}; //~ ERROR
    let _ = ScatterIter::<u32> {}; //~ ERROR
    let _ = ScatterIterMut::<u32> {}; //~ ERROR
    let _ = ScatterRuns::<u32> {}; //~ ERROR
    let _ = ScatterRunsMut::<u32> {}; //~ ERROR
    let _ = GroupBlock {}; //~ ERROR
    let _ = GroupRun {}; //~ ERROR
    let _ = Group::<usize, 1> {}; //~ ERROR
    let _ = Bitmap::<1> {}; //~ ERROR
    let _ = BlockBuffer::<u32, 4> {}; //~ ERROR
}
