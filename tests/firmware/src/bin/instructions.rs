//! Every operation, each in a function `measured_*` that is not inlined. `cargo xtask cost` runs it and counts
//! the instructions from the call of such a function to the return from it.

#![no_std]
#![no_main]

use core::{
    mem::MaybeUninit,
    panic::PanicInfo,
    ptr::{self, NonNull},
};

use firmware::{enable_interrupts, entry, exit, measured};
use mem_blocks::{
    Block, Group, GroupBlock, GroupRun, MemBlocks, Run, Scatter, choose, define_mem_blocks,
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
    fn drop_block(block: Block<Uninit>) { drop(block); }
    fn alloc_with() -> Option<Block<Bytes>> { POOL.alloc_with(|| [7; 64]).ok() }
    fn into_inner(block: Block<Bytes>) -> Bytes { Block::into_inner(block) }
    fn alloc_zeroed() -> Option<Block<Bytes>> { POOL.alloc_zeroed().ok() }
    fn alloc_array() -> Option<[Block<Uninit>; 4]> { POOL.alloc_array().ok() }
    fn alloc_scatter() -> Option<Scatter<Uninit, 8>> { POOL.alloc_scatter(8).ok() }
    fn drop_scatter(blocks: Option<Scatter<Uninit, 8>>) { drop(blocks); }
    fn alloc_contiguous() -> Option<Run<Uninit>> { POOL.alloc_contiguous(4).ok() }
    fn drop_run(run: Option<Run<Uninit>>) { drop(run); }
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
    fn drop_group_block(block: Option<GroupBlock>) { drop(block); }
    fn group_alloc_array(size: usize) -> Option<[GroupBlock; 4]> {
        GROUP.alloc_array(&size).ok()
    }
    fn group_alloc_contiguous(size: usize) -> Option<GroupRun> {
        GROUP.alloc_contiguous(&size, 4).ok()
    }
    fn drop_group_run(run: Option<GroupRun>) { drop(run); }
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
    let block = alloc();
    let mut ok = block.is_some();
    if let Some(block) = block {
        drop_block(block);
    }

    let all_but_one = POOL.claim(0..31);
    let last = alloc();
    let none = alloc();
    ok &= last.is_some() && none.is_none();
    drop((all_but_one, last));

    ok &= alloc_with().is_some_and(|block| into_inner(block) == [7; 64]);
    ok &= alloc_zeroed().is_some_and(|block| *block == [0; 64]);
    ok &= alloc_array().is_some();
    let scatter = alloc_scatter();
    ok &= scatter.is_some();
    drop_scatter(scatter);
    let run = alloc_contiguous();
    ok &= run.is_some();
    drop_run(run);
    ok &= alloc_contiguous_in().is_some_and(|run| run.len() == 4);
    ok &= claim().is_some();

    ok &= is_free() && used() == 0;
    ok && available() == 32 && largest_free_run() == 32
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
    let block = group_alloc(40);
    let mut ok = block.is_some();
    drop_group_block(block);
    ok &= group_alloc_array(40).is_some();
    let run = group_alloc_contiguous(40);
    ok &= run.is_some();
    drop_group_run(run);
    if let (Ok(small), Ok(other)) = (GROUP.alloc(&40), GROUP.alloc(&100)) {
        ok &= group_free(&[GroupBlock::into_raw(small), GroupBlock::into_raw(other)]);
    }
    ok
}

fn worst_cases() -> bool {
    let all_but_one = LARGE.claim(0..1023);
    let mut ok = large_alloc().is_some();
    drop(all_but_one);
    // Every second block is free but for the last four.
    for index in (0..1020).step_by(2) {
        LARGE.claim(index..=index).map(Run::leak).ok();
    }
    let last = large_alloc_contiguous();
    ok &= last.is_some();
    let largest = large_largest_free_run();
    ok && largest == 1
}
