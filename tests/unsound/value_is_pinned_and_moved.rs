#![forbid(unsafe_code)]

use core::marker::PhantomPinned;
use core::pin::Pin;

use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<(u32, PhantomPinned), 4>;

fn main() {
    let block = POOL.alloc_with(|| (1, PhantomPinned)).unwrap();
    drop(Pin::new(block)); //~ ERROR
}
