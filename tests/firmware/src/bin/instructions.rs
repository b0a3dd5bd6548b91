//! Every operation, each in a function `measured_*` that is not inlined. `cargo xtask cost` runs it and counts
//! the instructions from the call of such a function to the return from it.

#![no_std]
#![no_main]

use core::{
    mem::{MaybeUninit, forget},
    panic::PanicInfo,
    ptr::{self, NonNull},
};

use firmware::{enable_interrupts, entry, exit, measured};
use mem_blocks::{
    AllocError, Block, Group, GroupBlock, GroupError, GroupRun, MemBlocks, Run, Scatter, choose,
    define_mem_blocks,
};

type Bytes = [u8; 64];
type Uninit = MaybeUninit<Bytes>;
type Addresses = [*mut u8; 8];

define_mem_blocks! {
    static POOL: MemBlocks<Bytes, 32>;
    // Of these no block is used.
    #[mem_blocks(unsafe(section = ".nowhere"))]
    static OTHER: MemBlocks<[u8; 256], 32>;
    #[mem_blocks(unsafe(section = ".nowhere"))]
    static LARGE: MemBlocks<Bytes, 1024>;
}

static GROUP: Group<usize, 2> = Group::new([POOL.raw(), OTHER.raw()], choose::smallest_fit);

// By handle.
measured! {
    fn alloc() -> Option<Block<Uninit>> { POOL.alloc().ok() }
    fn drop_block(_block: Block<Uninit>) {}
    fn alloc_with() -> Option<Block<Bytes>> { POOL.alloc_with(|| [7; 64]).ok() }
    fn into_inner(block: Block<Bytes>) -> Bytes { Block::into_inner(block) }
    fn alloc_zeroed() -> Option<Block<Bytes>> { POOL.alloc_zeroed().ok() }
    fn alloc_array() -> Result<[Block<Uninit>; 4], AllocError> { POOL.alloc_array() }
    fn alloc_scatter() -> Option<Scatter<Uninit, 8>> { POOL.alloc_scatter(8).ok() }
    fn drop_scatter(_blocks: Scatter<Uninit, 8>) {}
    fn alloc_contiguous() -> Option<Run<Uninit>> { POOL.alloc_contiguous(4).ok() }
    fn drop_run(_run: Run<Uninit>) {}
    fn alloc_contiguous_in() -> Option<Run<Uninit>> {
        POOL.alloc_contiguous_in(2..=4).ok()
    }
    fn claim() -> Option<Run<Uninit>> { POOL.claim(8..12).ok() }
    fn is_free() -> bool { POOL.is_free(8..12) }
    fn used() -> usize { POOL.used() }
    fn available() -> usize { POOL.available() }
    fn largest_free_run() -> usize { POOL.largest_free_run() }
    fn large_alloc() -> Option<Block<Uninit>> { LARGE.alloc().ok() }
    fn large_alloc_contiguous() -> Option<Run<Uninit>> { LARGE.alloc_contiguous(4).ok() }
    fn large_largest_free_run() -> usize { LARGE.largest_free_run() }
}

// By address.
measured! {
    fn raw_alloc(out: &mut Addresses) -> bool { POOL.raw().alloc(out).is_ok() }
    fn raw_free_one(block: *mut u8) -> bool {
        // SAFETY: `main` passes a block that it has taken, once.
        unsafe { POOL.raw().free(&[block]) }.is_ok()
    }
    fn raw_free_refused(blocks: &Addresses) -> bool {
        // SAFETY: one entry is not a block, so that nothing is freed.
        unsafe { POOL.raw().free(blocks) }.is_err()
    }
    fn raw_free(blocks: &Addresses) -> bool {
        // SAFETY: `main` passes what `measured_raw_alloc` gave, once.
        unsafe { POOL.raw().free(blocks) }.is_ok()
    }
    fn raw_alloc_contiguous() -> *mut u8 {
        POOL.raw().alloc_contiguous(4).map_or(ptr::null_mut(), NonNull::as_ptr)
    }
    fn raw_free_contiguous(first: *mut u8) -> bool {
        // SAFETY: `main` passes what `measured_raw_alloc_contiguous` gave, once.
        unsafe { POOL.raw().free_contiguous(first, 4) }.is_ok()
    }
    fn raw_claim(first: *mut u8) -> bool { POOL.raw().claim(first, 4).is_ok() }
    fn raw_is_region_free(first: *const u8) -> bool {
        POOL.raw().is_region_free(first, 4)
    }
}

// Through a group.
measured! {
    fn group_alloc(size: usize) -> Option<GroupBlock> { GROUP.alloc(&size).ok() }
    fn drop_group_block(_block: GroupBlock) {}
    fn group_alloc_array(size: usize) -> Result<[GroupBlock; 4], GroupError> {
        GROUP.alloc_array(&size)
    }
    fn group_alloc_contiguous(size: usize) -> Option<GroupRun> {
        GROUP.alloc_contiguous(&size, 4).ok()
    }
    fn drop_group_run(_run: GroupRun) {}
    fn group_free(blocks: &[*mut u8; 2]) -> bool {
        // SAFETY: `main` passes two blocks that it owns and does not use again.
        unsafe { GROUP.free(blocks) }.is_ok()
    }
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    exit(false)
}

#[entry]
fn main() -> ! {
    enable_interrupts();
    let ok = by_handle() & by_address() & through_a_group();
    let all_back = POOL.used() == 0 && OTHER.used() == 0;
    exit(ok & all_back & worst_cases())
}

/// Whether every call did what it was measured for; so do the following.
fn by_handle() -> bool {
    let mut ok = held(alloc(), drop_block);

    ok &= POOL.claim(0..31).map(Run::leak).is_ok();
    ok &= held(alloc(), forget);
    ok &= alloc().is_none();
    ok &= all_back(32);

    ok &= alloc_with().is_some_and(|block| into_inner(block) == [7; 64]);
    ok &= held(alloc_zeroed(), forget) & all_back(1);
    ok &= alloc_array().map(forget).is_ok() & all_back(4);
    ok &= held(alloc_scatter(), drop_scatter);
    ok &= held(alloc_contiguous(), drop_run);
    ok &= held(alloc_contiguous_in(), forget) & all_back(4);
    ok &= held(claim(), forget);

    ok &= !is_free() && used() == 4;
    ok &= available() == 28 && largest_free_run() == 20;
    // SAFETY: claimed above, and leaked.
    ok & unsafe { POOL.raw().free_contiguous(address(8), 4) }.is_ok()
}

/// Does something with what there is, and says whether there was.
fn held<T>(value: Option<T>, then: impl FnOnce(T)) -> bool {
    value.map(then).is_some()
}

fn address(index: usize) -> *mut u8 {
    POOL.raw().buffer().cast::<u8>().wrapping_add(64 * index)
}

/// Gives back the lowest blocks, which were leaked.
///
/// By address: a second place where a handle is dropped would be one more than is measured.
fn all_back(count: usize) -> bool {
    // SAFETY: leaked before, and used by nobody.
    unsafe { POOL.raw().free_contiguous(address(0), count) }.is_ok()
}

fn by_address() -> bool {
    let mut blocks = [ptr::null_mut(); 8];
    let mut ok = POOL.alloc().is_ok_and(|block| raw_free_one(Block::into_raw(block).cast()));
    ok &= raw_alloc(&mut blocks);
    let mut refused = blocks;
    refused[7] = ptr::null_mut();
    ok &= raw_free_refused(&refused);
    ok &= raw_free(&blocks);
    let first = raw_alloc_contiguous();
    ok &= raw_free_contiguous(first);
    ok &= raw_claim(first);
    ok &= !raw_is_region_free(first);
    // SAFETY: claimed just now, and not used.
    ok & unsafe { POOL.raw().free_contiguous(first, 4) }.is_ok()
}

fn through_a_group() -> bool {
    let mut ok = held(group_alloc(40), drop_group_block);
    ok &= group_alloc_array(40).map(forget).is_ok() & all_back(4);
    ok &= held(group_alloc_contiguous(40), drop_group_run);
    if let (Ok(small), Ok(other)) = (GROUP.alloc(&40), GROUP.alloc(&100)) {
        ok &= group_free(&[GroupBlock::into_raw(small), GroupBlock::into_raw(other)]);
    }
    ok
}

fn worst_cases() -> bool {
    let mut ok = LARGE.claim(0..1023).map(Run::leak).is_ok();
    ok &= held(large_alloc(), forget);
    let first = LARGE.raw().buffer().cast();
    // SAFETY: leaked just now.
    ok &= unsafe { LARGE.raw().free_contiguous(first, 1024) }.is_ok();
    // Every second block is free but for the last four.
    for index in (0..1020).step_by(2) {
        LARGE.claim(index..=index).map(Run::leak).ok();
    }
    ok &= held(large_alloc_contiguous(), forget);
    ok && large_largest_free_run() == 1
}
