//! What the programs do that `cargo xtask cost` measures. Each uses its pools through functions that are not inlined, as a
//! driver would.

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
        $crate::cost::every_operation_by_address(black_box($pool.raw()));
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

/// A program with one pool of that many blocks of 64 bytes, where no memory is: the operations use none of it.
///
/// Each call is one whose cost is a row of the table, in this order.
#[macro_export]
macro_rules! cost_program {
    ($blocks:literal) => {
        use core::{mem::MaybeUninit, panic::PanicInfo, ptr};

        use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};

        type Uninit = MaybeUninit<[u8; 64]>;

        // SAFETY: no block is used.
        #[mem_blocks(unsafe(section = ".nowhere"))]
        static POOL: MemBlocks<[u8; 64], $blocks>;

        #[panic_handler]
        fn panic(_: &PanicInfo) -> ! {
            $crate::exit(false)
        }

        $crate::measured! {
            fn alloc() -> Option<Block<Uninit>> { POOL.alloc().ok() }
            fn drop_block(block: Option<Block<Uninit>>) { drop(block); }
            fn raw_alloc(out: &mut [*mut u8]) -> bool { POOL.raw().alloc(out).is_ok() }
            fn raw_free(blocks: &[*mut u8]) -> bool {
                // SAFETY: `main` passes what `raw_alloc` gave, once.
                unsafe { POOL.raw().free(blocks) }.is_ok()
            }
            fn scatter_2() -> Option<Scatter<Uninit, 2>> { POOL.alloc_scatter(2).ok() }
            fn drop_scatter_2(blocks: Option<Scatter<Uninit, 2>>) { drop(blocks); }
            fn scatter_8() -> Option<Scatter<Uninit, 8>> { POOL.alloc_scatter(8).ok() }
            fn drop_scatter_8(blocks: Option<Scatter<Uninit, 8>>) { drop(blocks); }
            fn scatter_32() -> Option<Scatter<Uninit, 32>> { POOL.alloc_scatter(32).ok() }
            fn drop_scatter_32(blocks: Option<Scatter<Uninit, 32>>) { drop(blocks); }
            fn run(count: usize) -> Option<Run<Uninit>> { POOL.alloc_contiguous(count).ok() }
            fn drop_run(run: Option<Run<Uninit>>) { drop(run); }
            fn claim(start: usize) -> Option<Run<Uninit>> { POOL.claim(start..start + 4).ok() }
        }

        #[$crate::entry]
        fn main() -> ! {
            $crate::enable_interrupts();
            let ok = one() & by_address() & in_one_handle() & adjacent();
            $crate::exit(ok && POOL.used() == 0)
        }

        /// Whether every call did what it was measured for; so do the following.
        fn one() -> bool {
            let block = alloc();
            let mut ok = block.is_some();
            drop_block(block);
            let lower_half = POOL.claim(..$blocks / 2);
            let block = alloc();
            ok &= block.is_some();
            drop((block, lower_half));
            let all_but_the_last = POOL.claim(..$blocks - 1);
            let block = alloc();
            ok &= block.is_some();
            drop((block, all_but_the_last));
            ok
        }

        fn by_address() -> bool {
            let mut blocks = [ptr::null_mut(); 32];
            let mut ok = true;
            for count in [1, 2, 8, 32] {
                if count <= $blocks {
                    ok &= raw_alloc(&mut blocks[..count]);
                    ok &= raw_free(&blocks[..count]);
                }
            }
            // The worst: what is wanted lies at the end, or is one block too many.
            let rest = POOL.claim(..$blocks - 8);
            ok &= raw_alloc(&mut blocks[..8]);
            let last = core::mem::replace(&mut blocks[7], ptr::null_mut());
            ok &= !raw_free(&blocks[..8]);
            // SAFETY: taken above, and used by nobody.
            ok &= unsafe { POOL.raw().free(&blocks[..7]) }.is_ok();
            ok &= !raw_alloc(&mut blocks[..8]);
            // SAFETY: as above.
            ok &= unsafe { POOL.raw().free(&[last]) }.is_ok();
            drop(rest);
            ok
        }

        fn in_one_handle() -> bool {
            let blocks = scatter_2();
            let mut ok = blocks.is_some();
            drop_scatter_2(blocks);
            let blocks = scatter_8();
            ok &= blocks.is_some();
            drop_scatter_8(blocks);
            if $blocks >= 32 {
                let blocks = scatter_32();
                ok &= blocks.is_some();
                drop_scatter_32(blocks);
            }
            ok
        }

        fn adjacent() -> bool {
            let mut ok = true;
            for count in [4, 16] {
                if count <= $blocks {
                    let blocks = run(count);
                    ok &= blocks.is_some();
                    drop_run(blocks);
                }
            }
            // Every second block is free, and at the end four that are adjacent; then those are not either.
            let take = |index: usize| POOL.claim(index..=index).map(Run::leak).is_ok();
            ok &= (0..$blocks - 4).step_by(2).all(take);
            let blocks = run(4);
            ok &= blocks.is_some();
            drop(blocks);
            ok &= ($blocks - 4..$blocks).step_by(2).all(take);
            ok &= run(4).is_none();
            for index in (0..$blocks).step_by(2) {
                let first = POOL.raw().buffer().cast::<u8>().wrapping_add(64 * index);
                // SAFETY: leaked above.
                ok &= unsafe { POOL.raw().free_contiguous(first, 1) }.is_ok();
            }
            let claimed = claim($blocks - 4);
            ok &= claimed.is_some();
            ok
        }
    };
}
