#![forbid(unsafe_code)]

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

fn main() {
    let mut block = POOL.alloc_with(|| 1).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| *block += 1);
        scope.spawn(|| *block += 1); //~ ERROR
    });
}
