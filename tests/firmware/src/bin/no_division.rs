//! Typed pools with block sizes that are no powers of two. `cargo xtask firmware` looks for a division instruction in
//! the whole program: there must be none, since each size is known where its pool is used.

#![no_std]
#![no_main]

use core::{hint::black_box, panic::PanicInfo};

use firmware::entry;
use mem_blocks::{Block, MemBlocks, Run, define_mem_blocks};

define_mem_blocks! {
    static TWELVE: MemBlocks<[u32; 3], 40>;
    static FRAMES: MemBlocks<[u8; 96], 8>;
    static ODD: MemBlocks<[u8; 37], 100>;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    firmware::exit(false)
}

macro_rules! use_typed {
    ($pool:ident) => {{
        let one = $pool.alloc_zeroed();
        let array = $pool.alloc_array::<2>();
        let scatter = $pool.alloc_scatter::<4>(black_box(3));
        let mut run = $pool.alloc_contiguous(black_box(3));
        let longest = $pool.alloc_contiguous_in(black_box(1)..=black_box(4));
        let claimed = $pool.claim(black_box(0)..black_box(1));
        if let Ok(run) = &mut run {
            if run.len() > 1 {
                drop(Run::split_off(run, 1));
            }
        }
        if let Ok(block) = one {
            let ptr = black_box(Block::into_raw(block));
            // SAFETY: from `into_raw` just now.
            let block = unsafe { Block::from_raw(&$pool, ptr) };
            black_box(Block::index(&block));
        }
        black_box($pool.is_free(black_box(0)..black_box(2)));
        black_box($pool.largest_free_run());
        drop(black_box((array, scatter, run, longest, claimed)));
        $pool.used() == 0
    }};
}

#[entry]
fn main() -> ! {
    let all_back = use_typed!(TWELVE) & use_typed!(FRAMES) & use_typed!(ODD);
    #[cfg(feature = "break-division")]
    black_box(black_box(7_u32).checked_div(black_box(2)));
    firmware::say("typed pools used");
    firmware::exit(all_back)
}
