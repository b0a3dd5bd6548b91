//! Every operation, each in a function `measured_*` that is not inlined. `cargo xtask size` runs it and counts
//! the instructions from the call of such a function to the return from it.

#![no_std]
#![no_main]

use core::{
    mem::MaybeUninit,
    ptr::{self, NonNull},
};

use cortex_m_rt::entry;
use firmware_size::exit;
use mem_blocks::{
    Block, Group, GroupBlock, GroupRun, MemBlocks, Run, Scatter, choose, define_mem_blocks,
};

type Bytes = [u8; 64];
type Uninit = MaybeUninit<Bytes>;
type Addresses = [*mut u8; 8];

define_mem_blocks! {
    static POOL: MemBlocks<Bytes, 32>;
    static OTHER: MemBlocks<[u8; 256], 32>;
    static LARGE: MemBlocks<Bytes, 1024>;
}

static GROUP: Group<usize, 2> = Group::new([POOL.raw(), OTHER.raw()], choose::smallest_fit);

macro_rules! measured {
    ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? $body:block)*) => {
        $(
            #[inline(never)]
            #[unsafe(no_mangle)]
            fn $name($($argument: $type),*) $(-> $result)? $body
        )*
    };
}

// By handle.
measured! {
    fn measured_alloc() -> Option<Block<Uninit>> { POOL.alloc().ok() }
    fn measured_drop_block(block: Option<Block<Uninit>>) { drop(block); }
    fn measured_alloc_with() -> Option<Block<Bytes>> { POOL.alloc_with(|| [7; 64]).ok() }
    fn measured_into_inner(block: Block<Bytes>) -> Bytes { Block::into_inner(block) }
    fn measured_alloc_zeroed() -> Option<Block<Bytes>> { POOL.alloc_zeroed().ok() }
    fn measured_alloc_array() -> Option<[Block<Uninit>; 4]> { POOL.alloc_array().ok() }
    fn measured_alloc_scatter() -> Option<Scatter<Uninit, 8>> { POOL.alloc_scatter(8).ok() }
    fn measured_drop_scatter(blocks: Option<Scatter<Uninit, 8>>) { drop(blocks); }
    fn measured_alloc_contiguous() -> Option<Run<Uninit>> { POOL.alloc_contiguous(4).ok() }
    fn measured_drop_run(run: Option<Run<Uninit>>) { drop(run); }
    fn measured_alloc_contiguous_in() -> Option<Run<Uninit>> {
        POOL.alloc_contiguous_in(2..=4).ok()
    }
    fn measured_claim() -> Option<Run<Uninit>> { POOL.claim(8..12).ok() }
    fn measured_is_free() -> bool { POOL.is_free(8..12) }
    fn measured_used() -> usize { POOL.used() }
    fn measured_available() -> usize { POOL.available() }
    fn measured_largest_free_run() -> usize { POOL.largest_free_run() }
    fn measured_large_alloc() -> Option<Block<Uninit>> { LARGE.alloc().ok() }
    fn measured_large_alloc_contiguous() -> Option<Run<Uninit>> { LARGE.alloc_contiguous(4).ok() }
    fn measured_large_largest_free_run() -> usize { LARGE.largest_free_run() }
}

// By address.
measured! {
    fn measured_raw_alloc(out: &mut Addresses) -> bool { POOL.raw().alloc(out).is_ok() }
    fn measured_raw_free_refused(blocks: &Addresses) -> bool {
        // SAFETY: one entry is not a block, so that nothing is freed.
        unsafe { POOL.raw().free(blocks) }.is_err()
    }
    fn measured_raw_free(blocks: &Addresses) -> bool {
        // SAFETY: `main` passes what `measured_raw_alloc` gave, once.
        unsafe { POOL.raw().free(blocks) }.is_ok()
    }
    fn measured_raw_alloc_contiguous() -> *mut u8 {
        POOL.raw().alloc_contiguous(4).map_or(ptr::null_mut(), NonNull::as_ptr)
    }
    fn measured_raw_free_contiguous(first: *mut u8) -> bool {
        // SAFETY: `main` passes what `measured_raw_alloc_contiguous` gave, once.
        unsafe { POOL.raw().free_contiguous(first, 4) }.is_ok()
    }
    fn measured_raw_claim(first: *mut u8) -> bool { POOL.raw().claim(first, 4).is_ok() }
    fn measured_raw_is_region_free(first: *const u8) -> bool {
        POOL.raw().is_region_free(first, 4)
    }
}

// Through a group.
measured! {
    fn measured_group_alloc(size: usize) -> Option<GroupBlock> { GROUP.alloc(&size).ok() }
    fn measured_drop_group_block(block: Option<GroupBlock>) { drop(block); }
    fn measured_group_alloc_array(size: usize) -> Option<[GroupBlock; 4]> {
        GROUP.alloc_array(&size).ok()
    }
    fn measured_group_alloc_contiguous(size: usize) -> Option<GroupRun> {
        GROUP.alloc_contiguous(&size, 4).ok()
    }
    fn measured_drop_group_run(run: Option<GroupRun>) { drop(run); }
    fn measured_group_free(blocks: &[*mut u8; 2]) -> bool {
        // SAFETY: `main` passes two blocks that it owns and does not use again.
        unsafe { GROUP.free(blocks) }.is_ok()
    }
}

#[entry]
fn main() -> ! {
    let ok = by_handle() & by_address() & through_a_group();
    let all_back = POOL.used() == 0 && OTHER.used() == 0;
    exit(ok & all_back & worst_cases())
}

/// Whether every call did what it was measured for; so do the following.
fn by_handle() -> bool {
    let block = measured_alloc();
    let mut ok = block.is_some();
    measured_drop_block(block);

    let all_but_one = POOL.claim(0..31);
    let last = measured_alloc();
    let none = measured_alloc();
    ok &= last.is_some() && none.is_none();
    drop((all_but_one, last));

    ok &= measured_alloc_with().is_some_and(|block| measured_into_inner(block) == [7; 64]);
    ok &= measured_alloc_zeroed().is_some_and(|block| *block == [0; 64]);
    ok &= measured_alloc_array().is_some();
    let scatter = measured_alloc_scatter();
    ok &= scatter.is_some();
    measured_drop_scatter(scatter);
    let run = measured_alloc_contiguous();
    ok &= run.is_some();
    measured_drop_run(run);
    ok &= measured_alloc_contiguous_in().is_some_and(|run| run.len() == 4);
    ok &= measured_claim().is_some();

    ok &= measured_is_free() && measured_used() == 0;
    ok && measured_available() == 32 && measured_largest_free_run() == 32
}

fn by_address() -> bool {
    let mut blocks = [ptr::null_mut(); 8];
    let mut ok = measured_raw_alloc(&mut blocks);
    let mut refused = blocks;
    refused[7] = ptr::null_mut();
    ok &= measured_raw_free_refused(&refused);
    ok &= measured_raw_free(&blocks);
    let first = measured_raw_alloc_contiguous();
    ok &= measured_raw_free_contiguous(first);
    ok &= measured_raw_claim(first);
    ok &= !measured_raw_is_region_free(first);
    // SAFETY: claimed just now, and not used.
    ok & unsafe { POOL.raw().free_contiguous(first, 4) }.is_ok()
}

fn through_a_group() -> bool {
    let block = measured_group_alloc(40);
    let mut ok = block.is_some();
    measured_drop_group_block(block);
    ok &= measured_group_alloc_array(40).is_some();
    let run = measured_group_alloc_contiguous(40);
    ok &= run.is_some();
    measured_drop_group_run(run);
    if let (Ok(small), Ok(other)) = (GROUP.alloc(&40), GROUP.alloc(&100)) {
        ok &= measured_group_free(&[GroupBlock::into_raw(small), GroupBlock::into_raw(other)]);
    }
    ok
}

fn worst_cases() -> bool {
    let all_but_one = LARGE.claim(0..1023);
    let mut ok = measured_large_alloc().is_some();
    drop(all_but_one);
    // Every second block is free but for the last four.
    for index in (0..1020).step_by(2) {
        LARGE.claim(index..=index).map(Run::leak).ok();
    }
    let last = measured_large_alloc_contiguous();
    ok &= last.is_some();
    let largest = measured_large_largest_free_run();
    ok && largest == 1
}
