//! Blocks taken from an allocator that is named, and given back. `cargo xtask firmware` looks for the descriptor: it must
//! be gone, since everything in it is a constant to the compiler, and nothing loads from it.

#![no_std]
#![no_main]

use core::{hint::black_box, panic::PanicInfo};

use firmware::entry;
use mem_blocks::{Block, MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<[u32; 3], 40>;

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    firmware::exit(false)
}

fn pool() -> &'static MemBlocks<[u32; 3], 40> {
    if cfg!(feature = "break-folded") { black_box(&POOL) } else { &POOL }
}

#[inline(never)]
fn alloc() -> Option<(*mut [u32; 3], usize)> {
    let block = Block::write(pool().alloc().ok()?, black_box([7; 3]));
    let index = Block::index(&block);
    Some((Block::into_raw(block), index))
}

#[inline(never)]
fn free(address: *mut [u32; 3]) {
    // SAFETY: `main` passes what `alloc` gave, once.
    drop(unsafe { Block::from_raw(pool(), address) });
}

#[entry]
fn main() -> ! {
    let (first, second) = (alloc(), alloc());
    let mut ok = second.is_some_and(|(_, index)| index == 1);
    for (address, _) in [first, second].into_iter().flatten() {
        free(address);
    }
    let again = alloc();
    ok &= again.is_some_and(|(_, index)| index == 0);
    firmware::say("named allocator used");
    firmware::exit(ok)
}
