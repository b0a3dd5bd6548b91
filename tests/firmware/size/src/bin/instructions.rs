//! Every operation once, each in a function `measured_*` that is not inlined. `cargo xtask size` runs it and counts
//! the instructions from the call of such a function to the return from it.

#![no_std]
#![no_main]

use core::{mem::MaybeUninit, ptr};

use cortex_m_rt::entry;
use firmware_size::exit;
use mem_blocks::{Block, MemBlocks, Run, Scatter, define_mem_blocks};

type Bytes = [u8; 64];
type Uninit = MaybeUninit<Bytes>;

define_mem_blocks! {
    static POOL: MemBlocks<Bytes, 32>;
    static LARGE: MemBlocks<Bytes, 1024>;
}

macro_rules! measured {
    ($(fn $name:ident($($argument:ident: $type:ty)?) $(-> $result:ty)? $body:block)*) => {
        $(
            #[inline(never)]
            #[unsafe(no_mangle)]
            fn $name($($argument: $type)?) $(-> $result)? $body
        )*
    };
}

measured! {
    fn measured_alloc() -> Option<Block<Uninit>> { POOL.alloc().ok() }
    fn measured_free(block: Option<Block<Uninit>>) { drop(block); }
    fn measured_alloc_8() -> Option<Scatter<Uninit, 8>> { POOL.alloc_scatter(8).ok() }
    fn measured_free_8(blocks: Option<Scatter<Uninit, 8>>) { drop(blocks); }
    fn measured_alloc_run() -> Option<Run<Uninit>> { POOL.alloc_contiguous(4).ok() }
    fn measured_free_run(run: Option<Run<Uninit>>) { drop(run); }
    fn measured_claim() -> Option<Run<Uninit>> { POOL.claim(8..12).ok() }
    fn measured_alloc_raw(out: &mut [*mut u8; 8]) { _ = POOL.raw().alloc(out); }
    fn measured_free_raw(blocks: &[*mut u8; 8]) {
        // SAFETY: `main` passes what `measured_alloc_raw` gave, once.
        _ = unsafe { POOL.raw().free(blocks) };
    }
    fn measured_alloc_large() -> Option<Block<Uninit>> { LARGE.alloc().ok() }
    fn measured_alloc_large_run() -> Option<Run<Uninit>> { LARGE.alloc_contiguous(4).ok() }
}

#[entry]
fn main() -> ! {
    let block = measured_alloc();
    measured_free(block);

    let all_but_one = POOL.claim(0..31);
    let last = measured_alloc();
    let none = measured_alloc();
    let is_full = last.is_some() && none.is_none();
    drop((all_but_one, last));

    let blocks = measured_alloc_8();
    let has_8 = blocks.as_ref().is_some_and(|blocks| blocks.len() == 8);
    measured_free_8(blocks);

    let run = measured_alloc_run();
    let has_run = run.is_some();
    measured_free_run(run);
    let has_claimed = measured_claim().is_some();

    let mut out = [ptr::null_mut(); 8];
    measured_alloc_raw(&mut out);
    measured_free_raw(&out);

    let all_but_one = LARGE.claim(0..1023);
    let has_last = measured_alloc_large().is_some();
    drop(all_but_one);
    // Every second block is free but for the last four.
    for index in (0..1020).step_by(2) {
        LARGE.claim(index..=index).map(Run::leak).ok();
    }
    let has_last_run = measured_alloc_large_run().is_some();

    exit(is_full && has_8 && has_run && has_claimed && has_last && has_last_run && POOL.used() == 0)
}
