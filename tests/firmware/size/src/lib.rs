//! What the measured programs share. Each program uses its pools through functions that are not inlined, as a driver
//! would; what a program is larger than `baseline`, the operations cost. Only `instructions` is ever run.

#![no_std]

use core::panic::PanicInfo;

// Linked for the start-up code.
use cortex_m_rt as _;
use cortex_m_semihosting::debug;

/// Ends the emulator. Its caller sees status 0, or 1 where `ok` is false.
pub fn exit(ok: bool) -> ! {
    debug::exit(if ok { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    loop {}
}

/// Allocates a block and frees it.
#[macro_export]
macro_rules! one_block {
    ($pool:ident: $block:ty) => {{
        #[inline(never)]
        fn alloc() -> Option<mem_blocks::Block<core::mem::MaybeUninit<$block>>> {
            $pool.alloc().ok()
        }
        #[inline(never)]
        fn free(block: Option<mem_blocks::Block<core::mem::MaybeUninit<$block>>>) {
            drop(block);
        }
        let block = core::hint::black_box(alloc());
        free(block);
    }};
}

/// Uses every method of a typed pool once, then those of its view by address.
#[macro_export]
macro_rules! every_operation {
    ($pool:ident: [$word:ty; $words:literal]) => {{
        use core::hint::black_box;
        $crate::one_block!($pool: [$word; $words]);
        black_box($pool.alloc_with(|| [7; $words])).ok();
        black_box($pool.alloc_zeroed().map(mem_blocks::Block::into_inner)).ok();
        black_box($pool.alloc_array::<2>()).ok();
        black_box($pool.alloc_scatter::<4>(black_box(3))).ok();
        black_box($pool.alloc_contiguous(black_box(3))).ok();
        black_box($pool.alloc_contiguous_in(black_box(1)..=black_box(3))).ok();
        black_box($pool.claim(black_box(0)..black_box(2))).ok();
        black_box($pool.is_free(black_box(0)..black_box(2)));
        black_box(($pool.used(), $pool.available(), $pool.largest_free_run()));
        $crate::every_operation_by_address(black_box($pool.raw()));
    }};
}

/// Uses every method of the view by address once.
#[inline(never)]
pub fn every_operation_by_address(raw: &'static mem_blocks::RawMemBlocks) {
    use core::{
        hint::black_box,
        ptr::{self, NonNull},
    };

    let mut out = black_box([ptr::null_mut(); 2]);
    black_box(raw.alloc(&mut out)).ok();
    // SAFETY: the program is never run.
    black_box(unsafe { raw.free(&out) }).ok();
    let first =
        black_box(raw.alloc_contiguous(black_box(2))).map_or(ptr::null_mut(), NonNull::as_ptr);
    // SAFETY: as above.
    black_box(unsafe { raw.free_contiguous(first, black_box(2)) }).ok();
    black_box(raw.claim(first, black_box(2))).ok();
    black_box((raw.is_region_free(first, black_box(2)), raw.owns(first)));
}
