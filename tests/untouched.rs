//! The allocator never touches a byte of the buffer: the tests of `tests/bodies/src/untouched.rs`, with buffers in pages
//! that nobody may access.

#![allow(unsafe_code, reason = "protecting pages, and touching them on purpose")]

use std::env;
use std::process::Command;

use mem_blocks::{Block, BlockBuffer, Group, MemBlocks, choose, define_mem_blocks};
use mem_blocks_bodies::untouched;
use region::Protection;

/// A multiple of the size of a page, which is 16 KiB on some systems. Windows has 4, and cannot align to more than 8.
const PAGES: usize = if cfg!(windows) { 4096 } else { 16384 };

static FRAMES_BUFFER: BlockBuffer<[u8; 1536], 40, PAGES> = BlockBuffer::new();
static ODD_BUFFER: BlockBuffer<[u8; 37], 1000, PAGES> = BlockBuffer::new();

define_mem_blocks! {
    // SAFETY: the only allocator of this buffer.
    #[mem_blocks(unsafe(buffer = FRAMES_BUFFER))]
    static FRAMES: MemBlocks<[u8; 1536], 40>;

    // SAFETY: as above.
    #[mem_blocks(unsafe(buffer = ODD_BUFFER))]
    static ODD: MemBlocks<[u8; 37], 1000>;
}

static BOTH: Group<usize, 2> =
    Group::new([FRAMES.raw(), ODD.raw()], choose::smallest_fit_or_larger);

/// In the environment of a process that is to touch a block, to show that the pages are what they should be.
const TOUCH: &str = "MEM_BLOCKS_TOUCH";

#[test]
fn no_operation_touches_pages_that_are_not_accessible() {
    for (first, size) in [
        (FRAMES_BUFFER.as_ptr().cast::<u8>(), size_of_val(&FRAMES_BUFFER)),
        (ODD_BUFFER.as_ptr().cast::<u8>(), size_of_val(&ODD_BUFFER)),
    ] {
        assert_eq!((first.addr() % region::page::size(), size % region::page::size()), (0, 0));
        // SAFETY: whole pages of nothing but a buffer, of which no block is used.
        unsafe { region::protect(first, size, Protection::NONE) }.unwrap();
    }
    untouched::everything(&ODD, &FRAMES, &BOTH);

    if env::var_os(TOUCH).is_some() {
        let block = FRAMES.alloc().unwrap();
        // SAFETY: the block is ours. The page is not accessible, and the process ends here.
        let value = unsafe { Block::as_ptr(&block).cast::<u8>().read_volatile() };
        panic!("could read {value}");
    }
}

#[test]
fn a_read_of_such_a_page_ends_the_process() {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "no_operation_touches_pages_that_are_not_accessible"]);
    let output = child.env(TOUCH, "1").output().unwrap();
    assert!(!output.status.success());
    // Not by a panic: by the system.
    assert!(!String::from_utf8_lossy(&output.stdout).contains("could read"));
    #[cfg(unix)]
    assert!(std::os::unix::process::ExitStatusExt::signal(&output.status).is_some());
}
