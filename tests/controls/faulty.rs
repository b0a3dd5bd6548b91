//! Two mistakes that nothing refuses, because they are made by `unsafe` code: a check by `AddressSanitizer` or valgrind
//! that does not stop this program checks nothing.

#![allow(unsafe_code, reason = "mistakes made on purpose")]

use std::env;
use std::hint::black_box;
use std::mem::MaybeUninit;

use mem_blocks::{Bitmap, Block, BlockBuffer, MemBlocks, bitmap_words, mem_blocks};

static BUFFER: BlockBuffer<[u8; 16], 2, 4> = BlockBuffer::new();

// SAFETY: the only allocator of this buffer.
#[mem_blocks(unsafe(buffer = BUFFER))]
static POOL: MemBlocks<[u8; 16], 2>;

fn main() {
    match env::args().nth(1).as_deref() {
        Some("overrun") => overrun(),
        Some("uninit") => uninit(),
        _ => panic!("which mistake?"),
    }
}

/// Reads behind the last block.
fn overrun() {
    let blocks = POOL.alloc_array::<2>().expect("both are free");
    let behind = Block::as_ptr(&blocks[1]).cast::<u8>().wrapping_add(black_box(16));
    // SAFETY: none: the byte belongs to nobody.
    let byte = unsafe { behind.read_volatile() };
    println!("read {byte}");
}

/// Decides by what nobody has written.
fn uninit() {
    let buffer = Box::leak(Box::new([const { MaybeUninit::<u32>::uninit() }; 2]));
    let bitmap = Box::leak(Box::new(Bitmap::<{ bitmap_words(2) }>::new()));
    let pool: &'static MemBlocks<u32, 2> = Box::leak(Box::new(MemBlocks::new(buffer, bitmap)));
    let block = pool.alloc().expect("both are free");
    // SAFETY: none: nothing was written to it.
    let block = unsafe { Block::assume_init(block) };
    println!("{}", if *black_box(&*block) == 42 { "42" } else { "something else" });
}
