//! Pools at an address where the board has no memory: any access is a bus fault. The allocator makes none, so that
//! everything works but the blocks themselves. What holds here holds for memory that is powered down, write-only, or
//! busy with a transfer.

#![no_std]
#![no_main]

use core::{panic::PanicInfo, ptr};

use cortex_m_rt::{ExceptionFrame, entry, exception};
use mem_blocks::{
    Block, FreeErrorKind, Group, MemBlocks, RawMemBlocks, Run, choose, define_mem_blocks,
};

define_mem_blocks! {
    // SAFETY: nothing else is at these addresses; nothing is there at all, and no block is used.
    #[mem_blocks(align = 32, unsafe(address = 0x9000_0000))]
    static FRAMES: MemBlocks<[u8; 1536], 40>;

    // SAFETY: as above.
    #[mem_blocks(unsafe(address = 0x9010_0000))]
    static ODD: MemBlocks<[u8; 37], 1000>;
}

static BOTH: Group<usize, 2> =
    Group::new([FRAMES.raw(), ODD.raw()], choose::smallest_fit_or_larger);

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware_cortex_m::fail(info)
}

#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    firmware_cortex_m::say("bus fault: a block was touched");
    firmware_cortex_m::exit(false)
}

#[entry]
fn main() -> ! {
    typed(&FRAMES);
    typed(&ODD);
    firmware_cortex_m::say("typed: no access");
    by_address(FRAMES.raw());
    by_address(ODD.raw());
    firmware_cortex_m::say("by address: no access");
    group();
    firmware_cortex_m::say("group: no access");
    #[cfg(feature = "break-touch")]
    drop(FRAMES.alloc_zeroed());
    firmware_cortex_m::exit(true)
}

fn typed<T, const N: usize>(pool: &'static MemBlocks<T, N>) {
    let one = pool.alloc().unwrap();
    let two = pool.alloc_array::<2>().unwrap();
    let some = pool.alloc_scatter::<5>(5).unwrap();
    assert_eq!(some.runs().map(<[_]>::len).sum::<usize>(), 5);
    let mut run = pool.alloc_contiguous(4).unwrap();
    let rest = Run::split_off(&mut run, 3);
    let longest = pool.alloc_contiguous_in(2..=9).unwrap();
    let last = pool.claim(N - 1..N).unwrap();
    assert!(!pool.is_free(N - 2..N) && pool.largest_free_run() > 10);
    assert_eq!(pool.used(), 1 + 2 + 5 + 4 + 9 + 1);
    drop((two, run, some, longest, rest, last));

    let address = Block::into_raw(one);
    // SAFETY: from `into_raw` in the line above.
    drop(unsafe { Block::from_raw(pool, address) });
    assert_eq!(pool.used(), 0);
}

fn by_address(pool: &'static RawMemBlocks) {
    let mut blocks = [ptr::null_mut(); 7];
    pool.alloc(&mut blocks).unwrap();
    let run = pool.alloc_contiguous(20).unwrap().as_ptr();
    assert!(pool.owns(run) && !pool.is_region_free(run, 1));
    // SAFETY: must be refused; nobody uses the blocks.
    let inner = unsafe { pool.free(&[blocks[0], run.wrapping_add(1)]) }.unwrap_err();
    assert_eq!(inner.kind(), FreeErrorKind::NotBlockStart);
    // SAFETY: allocated above, and never used.
    unsafe { pool.free(&blocks) }.unwrap();
    // SAFETY: as above.
    unsafe { pool.free_contiguous(run, 20) }.unwrap();
    assert_eq!(pool.used(), 0);
}

fn group() {
    let two = BOTH.alloc_array::<2>(&37).unwrap();
    let run = BOTH.alloc_contiguous(&38, 40).unwrap();
    assert_eq!((ODD.used(), FRAMES.used()), (2, 40));
    drop((two, run));
    assert_eq!((ODD.used(), FRAMES.used()), (0, 0));
}
