//! What the programs do that `cargo xtask cost` measures. Each uses its pools through functions that are not inlined, as a
//! driver would.

/// A program with these pools that makes all the calls of `one_block!` or of `every_operation!` on each. Not run: only the
/// size of what it calls is measured.
#[macro_export]
macro_rules! size_program {
    ($calls:ident: $($(#[$attribute:meta])* static $pool:ident: MemBlocks<$block:ty, $blocks:literal>;)+) => {
        use mem_blocks::{MemBlocks, define_mem_blocks};

        define_mem_blocks! {
            $($(#[$attribute])* static $pool: MemBlocks<$block, $blocks>;)+
        }

        #[panic_handler]
        fn panic(_: &core::panic::PanicInfo) -> ! {
            $crate::exit(false)
        }

        #[$crate::entry]
        fn main() -> ! {
            $($crate::$calls!($pool: $block);)+
            $crate::exit(true)
        }
    };
}

/// Functions of which the size is measured, with the name of a pool in theirs.
#[macro_export]
macro_rules! sized {
    ($pool:ident: $(fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block)*) => {
        $(
            #[inline(never)]
            #[unsafe(export_name = concat!("measured_", stringify!($pool), "_", stringify!($name)))]
            fn $name($($argument: $type),*) -> $result $body
        )*
    };
}

/// Allocates a block and frees it.
#[macro_export]
macro_rules! one_block {
    ($pool:ident: $block:ty) => {{
        use mem_blocks::Block;
        $crate::sized! { $pool:
            fn alloc() -> Option<Block<core::mem::MaybeUninit<$block>>> { $pool.alloc().ok() }
            fn drop_block(_block: Block<core::mem::MaybeUninit<$block>>) -> () {}
        }
        if let Some(block) = alloc() {
            drop_block(block);
        }
    }};
}

/// Uses every method of a typed pool.
#[macro_export]
macro_rules! every_operation {
    ($pool:ident: $block:ty) => {{
        use core::{hint::black_box, mem::MaybeUninit};
        use mem_blocks::{Block, Run, Scatter};
        $crate::one_block!($pool: $block);
        $crate::sized! { $pool:
            fn alloc_with(word: u32) -> Option<Block<$block>> { $pool.alloc_with(|| [word; _]).ok() }
            fn alloc_zeroed() -> Option<Block<$block>> { $pool.alloc_zeroed().ok() }
            fn into_inner(block: Block<$block>) -> $block { Block::into_inner(block) }
            fn alloc_array() -> Option<[Block<MaybeUninit<$block>>; 2]> { $pool.alloc_array().ok() }
            fn alloc_scatter(count: usize) -> Option<Scatter<MaybeUninit<$block>, 4>> {
                $pool.alloc_scatter(count).ok()
            }
            fn drop_scatter(_blocks: Scatter<MaybeUninit<$block>, 4>) -> () {}
            fn alloc_contiguous(count: usize) -> Option<Run<MaybeUninit<$block>>> {
                $pool.alloc_contiguous(count).ok()
            }
            fn drop_run(_run: Run<MaybeUninit<$block>>) -> () {}
            fn alloc_contiguous_in(min: usize, max: usize) -> Option<Run<MaybeUninit<$block>>> {
                $pool.alloc_contiguous_in(min..=max).ok()
            }
            fn claim(start: usize, end: usize) -> Option<Run<MaybeUninit<$block>>> {
                $pool.claim(start..end).ok()
            }
            fn is_free(start: usize, end: usize) -> bool { $pool.is_free(start..end) }
            fn used() -> usize { $pool.used() }
            fn available() -> usize { $pool.available() }
            fn largest_free_run() -> usize { $pool.largest_free_run() }
        }
        black_box((alloc_with(black_box(1)), alloc_zeroed().map(into_inner), alloc_array()));
        if let Some(blocks) = alloc_scatter(black_box(3)) {
            drop_scatter(blocks);
        }
        for run in [
            alloc_contiguous(black_box(3)),
            alloc_contiguous_in(black_box(1), black_box(3)),
            claim(black_box(1), black_box(3)),
        ] {
            if let Some(run) = run {
                drop_run(run);
            }
        }
        black_box((is_free(black_box(1), black_box(3)), used(), available(), largest_free_run()));
        $crate::cost::every_operation_by_address($pool.raw());
    }};
}

/// Uses every method of the view by address.
pub fn every_operation_by_address(raw: &'static mem_blocks::RawMemBlocks) {
    use core::{
        hint::black_box,
        ptr::{self, NonNull},
    };
    use mem_blocks::RawMemBlocks;

    sized! { by_address:
        fn alloc(raw: &'static RawMemBlocks, out: &mut [*mut u8]) -> bool { raw.alloc(out).is_ok() }
        fn free(raw: &'static RawMemBlocks, blocks: &[*mut u8]) -> bool {
            // SAFETY: the program is not run.
            unsafe { raw.free(blocks) }.is_ok()
        }
        fn alloc_contiguous(raw: &'static RawMemBlocks, count: usize) -> *mut u8 {
            raw.alloc_contiguous(count).map_or(ptr::null_mut(), NonNull::as_ptr)
        }
        fn free_contiguous(raw: &'static RawMemBlocks, first: *mut u8, count: usize) -> bool {
            // SAFETY: as above.
            unsafe { raw.free_contiguous(first, count) }.is_ok()
        }
        fn claim(raw: &'static RawMemBlocks, first: *mut u8, count: usize) -> bool {
            raw.claim(first, count).is_ok()
        }
        fn is_region_free(raw: &'static RawMemBlocks, first: *mut u8, count: usize) -> bool {
            raw.is_region_free(first, count)
        }
        fn owns(raw: &'static RawMemBlocks, address: *mut u8) -> bool { raw.owns(address) }
    }
    let mut out = [ptr::null_mut(); 2];
    black_box((alloc(raw, &mut out), free(raw, &out)));
    let first = alloc_contiguous(raw, black_box(2));
    black_box((claim(raw, first, black_box(2)), is_region_free(raw, first, black_box(2))));
    black_box((free_contiguous(raw, first, black_box(2)), owns(raw, first)));
}

/// A program with one pool of that many blocks of 64 bytes, where no memory is: the operations use none of it.
///
/// Each call is one whose cost is a row of the table, in this order.
#[macro_export]
macro_rules! cost_program {
    ($blocks:literal) => {
        use core::{
            mem::{MaybeUninit, forget},
            panic::PanicInfo,
            ptr,
        };

        use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};

        type Uninit = MaybeUninit<[u8; 64]>;

        // SAFETY: no block is used.
        #[cfg(not(feature = "listened"))]
        #[mem_blocks(unsafe(section = ".nowhere"))]
        static POOL: MemBlocks<[u8; 64], $blocks>;

        // SAFETY: as above.
        #[cfg(feature = "listened")]
        #[mem_blocks(unsafe(section = ".nowhere"), listener = ignore)]
        static POOL: MemBlocks<[u8; 64], $blocks>;

        #[cfg(feature = "listened")]
        fn ignore(_: &mem_blocks::RawMemBlocks, _: mem_blocks::Event<'_>) {}

        #[panic_handler]
        fn panic(_: &PanicInfo) -> ! {
            $crate::exit(false)
        }

        $crate::measured! {
            fn alloc() -> Option<Block<Uninit>> { POOL.alloc().ok() }
            fn drop_block(_block: Block<Uninit>) {}
            fn raw_free_one(block: *mut u8) -> bool {
                // SAFETY: as below.
                unsafe { POOL.raw().free(&[block]) }.is_ok()
            }
            fn raw_free_contiguous(first: *mut u8) -> bool {
                // SAFETY: as below.
                unsafe { POOL.raw().free_contiguous(first, 4) }.is_ok()
            }
            fn raw_alloc(out: &mut [*mut u8]) -> bool { POOL.raw().alloc(out).is_ok() }
            fn raw_free(blocks: &[*mut u8]) -> bool {
                // SAFETY: `main` passes what `raw_alloc` gave, once.
                unsafe { POOL.raw().free(blocks) }.is_ok()
            }
            fn scatter_2() -> Option<Scatter<Uninit, 2>> { POOL.alloc_scatter(2).ok() }
            fn drop_scatter_2(_blocks: Scatter<Uninit, 2>) {}
            fn scatter_8() -> Option<Scatter<Uninit, 8>> { POOL.alloc_scatter(8).ok() }
            fn drop_scatter_8(_blocks: Scatter<Uninit, 8>) {}
            fn scatter_32() -> Option<Scatter<Uninit, 32>> { POOL.alloc_scatter(32).ok() }
            fn drop_scatter_32(_blocks: Scatter<Uninit, 32>) {}
            fn run_4() -> Option<Run<Uninit>> { POOL.alloc_contiguous(4).ok() }
            fn run_16() -> Option<Run<Uninit>> { POOL.alloc_contiguous(16).ok() }
            fn run(count: usize) -> Option<Run<Uninit>> { POOL.alloc_contiguous(count).ok() }
            fn drop_run(_run: Run<Uninit>) {}
            fn claim(start: usize) -> Option<Run<Uninit>> { POOL.claim(start..start + 4).ok() }
        }

        #[$crate::entry]
        fn main() -> ! {
            $crate::enable_interrupts();
            let ok = one() & by_address() & in_one_handle() & adjacent() & across_words();
            #[cfg(feature = "stats")]
            let ok = ok & statistics();
            $crate::exit(ok && POOL.used() == 0)
        }

        /// Whether every call did what it was measured for; so do the following.
        fn one() -> bool {
            let mut ok = held(alloc(), drop_block);
            let lower_half = POOL.claim(..$blocks / 2).map(Run::leak);
            ok &= lower_half.is_ok() & held(alloc(), forget) & taken_back($blocks / 2 + 1);
            let all_but_the_last = POOL.claim(..$blocks - 1).map(Run::leak);
            ok & all_but_the_last.is_ok() & held(alloc(), forget) & taken_back($blocks)
        }

        fn by_address() -> bool {
            let mut blocks = [ptr::null_mut(); 32];
            let mut ok = true;
            for count in [1, 2, 8, 32] {
                if count <= $blocks {
                    ok &= raw_alloc(&mut blocks[..count]);
                    ok &= if count == 1 {
                        raw_free_one(blocks[0])
                    } else {
                        raw_free(&blocks[..count])
                    };
                }
            }
            // The worst: what is wanted lies at the end, or is one block too many.
            ok &= POOL.claim(..$blocks - 8).map(Run::leak).is_ok();
            ok &= raw_alloc(&mut blocks[..8]);
            let last = core::mem::replace(&mut blocks[7], ptr::null_mut());
            ok &= !raw_free(&blocks[..8]);
            // SAFETY: taken above, and used by nobody.
            ok &= unsafe { POOL.raw().free(&blocks[..7]) }.is_ok();
            ok &= !raw_alloc(&mut blocks[..8]);
            // SAFETY: as above.
            ok &= unsafe { POOL.raw().free(&[last]) }.is_ok();
            ok & taken_back($blocks - 8)
        }

        fn in_one_handle() -> bool {
            let mut ok = held(scatter_2(), drop_scatter_2) & held(scatter_8(), drop_scatter_8);
            if $blocks >= 32 {
                ok &= held(scatter_32(), drop_scatter_32);
            }
            ok
        }

        fn adjacent() -> bool {
            let mut ok = held(run_4(), drop_run);
            if $blocks >= 16 {
                ok &= held(run_16(), forget) & taken_back(16);
            }
            ok &= held(run(4), forget) & taken_back(4);
            // Every second block is free, and at the end four that are adjacent; then those are not either.
            let take = |index: usize| POOL.claim(index..=index).map(Run::leak).is_ok();
            ok &= (0..$blocks - 4).step_by(2).all(take);
            ok &= held(run_4(), forget) & given_back($blocks - 5, 4);
            ok &= ($blocks - 4..$blocks).step_by(2).all(take);
            ok &= run_4().is_none();
            ok &= (0..$blocks).step_by(2).all(|index| given_back(index, 1));
            ok & held(claim($blocks - 4), forget) & given_back($blocks - 4, 4)
        }

        /// What no single word of the bitmap has room for.
        fn across_words() -> bool {
            if $blocks < 64 {
                return true;
            }
            // Four are free in each word.
            let words = || (0..$blocks).step_by(32);
            let mut ok = words().all(|word| POOL.claim(word..word + 28).map(Run::leak).is_ok());
            let mut blocks = [ptr::null_mut(); 8];
            ok &= raw_alloc(&mut blocks) & raw_free(&blocks);
            ok &= words().all(|word| given_back(word, 28));
            let mut more = [ptr::null_mut(); 64];
            ok &= raw_alloc(&mut more) & raw_free(&more);
            ok &= held(claim(30), forget);
            ok & raw_free_contiguous(address(30))
        }

        #[cfg(feature = "stats")]
        fn statistics() -> bool {
            // Every second block is free.
            let take = |index: usize| POOL.claim(index..=index).map(Run::leak).is_ok();
            let ok = (0..$blocks).step_by(2).all(take);
            let seen = stats();
            let seen = (seen.used(), seen.largest_free_run());
            reset_max_used();
            ok & (seen == ($blocks / 2, 1))
                & (0..$blocks).step_by(2).all(|index| given_back(index, 1))
        }

        #[cfg(feature = "stats")]
        $crate::measured! {
            fn stats() -> mem_blocks::Stats { POOL.stats() }
            fn reset_max_used() { POOL.reset_max_used(); }
        }

        /// By address: a second place where a handle is dropped would be one more than is measured.
        fn given_back(index: usize, count: usize) -> bool {
            // SAFETY: leaked before, and used by nobody.
            unsafe { POOL.raw().free_contiguous(address(index), count) }.is_ok()
        }

        fn address(index: usize) -> *mut u8 {
            POOL.raw().buffer().cast::<u8>().wrapping_add(64 * index)
        }

        /// Does something with what there is, and says whether there was.
        fn held<T>(value: Option<T>, then: impl FnOnce(T)) -> bool {
            value.map(then).is_some()
        }

        /// Gives back the lowest blocks, which were leaked.
        fn taken_back(count: usize) -> bool {
            given_back(0, count)
        }
    };
}
