//! The whole API, with arguments that the compiler cannot know. The panic handler calls a function that nowhere
//! exists: the program links only where no panic can be reached.

#![no_std]
#![no_main]

use core::{hint::black_box, mem::MaybeUninit, panic::PanicInfo};

use firmware::entry;
use mem_blocks::{
    Bitmap, Block, Group, GroupBlock, GroupRun, MemBlocks, RawMemBlocks, Run, Scatter,
    bitmap_words, choose, define_mem_blocks,
};
use static_cell::StaticCell;

define_mem_blocks! {
    static WORDS: MemBlocks<[u32; 3], 40>;
    #[mem_blocks(align = 32, unsafe(section = ".sram2"))]
    static FRAMES: MemBlocks<[u8; 192], 8>;
    #[mem_blocks(uninit)]
    static ONE: MemBlocks<u8, 1>;
}

static FIT: Group<usize, 3> = Group::new([WORDS.raw(), FRAMES.raw()], choose::smallest_fit);
static OR_LARGER: Group<usize, 2> =
    Group::new([WORDS.raw(), FRAMES.raw()], choose::smallest_fit_or_larger);

// Only where the check is made: a build with overflow checks and the like links, and can panic.
#[cfg(not(debug_assertions))]
unsafe extern "C" {
    /// Defined nowhere. A linker that asks for it has found a panic.
    safe fn a_panic_can_be_reached() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    #[cfg(not(debug_assertions))]
    a_panic_can_be_reached();
    #[cfg(debug_assertions)]
    firmware::exit(false)
}

macro_rules! use_typed {
    ($pool:ident, $value:expr) => {{
        black_box($pool.alloc().map(|block| Block::write_zeroed(block)).ok());
        black_box($pool.alloc_with(|| $value).ok());
        if let Ok(mut block) = $pool.alloc_zeroed() {
            black_box(&mut *block);
            black_box((Block::index(&block), Block::pool(&block), Block::as_ptr(&block)));
            let block = black_box(Block::into_raw(block));
            // SAFETY: from `into_raw` just now.
            let block = unsafe { Block::from_raw(&$pool, block) };
            black_box(Block::into_inner(block));
        }
        if let Ok(block) = $pool.alloc_zeroed() {
            black_box(Block::leak(block));
        }
        black_box($pool.alloc_array::<3>().ok());
        if let Ok(scatter) = $pool.alloc_scatter::<5>(black_box(4)) {
            let mut scatter = Scatter::write_zeroed(scatter);
            scatter.iter().for_each(|block| _ = black_box(block));
            scatter.iter_mut().for_each(|block| _ = black_box(block));
            scatter.runs().for_each(|run| _ = black_box(run));
            scatter.runs_mut().for_each(|run| _ = black_box(run));
            black_box((scatter.len(), scatter.is_empty(), scatter.pool()));
            black_box(scatter.iter().rev().len());
        }
        if let Ok(scatter) = $pool.alloc_scatter::<3>(black_box(3)) {
            black_box(Scatter::write_with(scatter, |_| $value));
        }
        if let Ok(run) = $pool.alloc_contiguous(black_box(4)) {
            let mut run = Run::write_with(run, |_| $value);
            if black_box(2) <= run.len() {
                black_box(Run::split_off(&mut run, 2));
            }
            black_box((Run::range(&run), Run::pool(&run), Run::as_ptr(&run)));
            let blocks = black_box(Run::into_raw(run));
            // SAFETY: from `into_raw` just now.
            let mut run = unsafe { Run::from_raw(&$pool, blocks) };
            run.iter_mut().for_each(|block| _ = black_box(block));
        }
        let bounds = black_box(1)..=black_box(6);
        black_box($pool.alloc_contiguous_in(bounds).map(|run| Run::write_zeroed(run)).ok());
        black_box($pool.claim(black_box(1)..black_box(3)).ok());
        black_box($pool.claim(black_box(1)..=black_box(3)).map(|run| Run::leak(run)).ok());
        black_box($pool.is_free(black_box(1)..black_box(3)));
        black_box(($pool.used(), $pool.available(), $pool.largest_free_run()));
        use_raw(black_box($pool.raw()));
    }};
}

#[inline(never)]
fn use_raw(raw: &'static RawMemBlocks) {
    let mut out = [core::ptr::null_mut(); 4];
    let Some(some) = out.get_mut(..black_box(3)) else {
        return;
    };
    let refused = black_box(raw.alloc(some)).is_err();
    // SAFETY: what `alloc` gave, or null pointers, which are refused. Nothing uses the blocks.
    black_box(unsafe { raw.free(some) }.map_err(|error| (error.entry(), error.kind())).ok());
    if let Ok(first) = raw.alloc_contiguous(black_box(2)) {
        // SAFETY: allocated in the line above, and not used.
        black_box(unsafe { raw.free_contiguous(first.as_ptr(), black_box(2)) }.is_err());
    }
    let address = black_box(raw.buffer().cast::<u8>());
    black_box(raw.claim(address, black_box(2)).is_ok());
    black_box((raw.is_region_free(address, black_box(2)), raw.owns(address)));
    black_box((raw.block_size(), raw.num_blocks(), raw.used(), raw.available()));
    black_box((raw.largest_free_run(), refused));
}

#[inline(never)]
fn use_group<const M: usize>(group: &'static Group<usize, M>) {
    let block: Option<GroupBlock> = group.alloc(&black_box(5)).ok();
    let array = group.alloc_array::<2>(&black_box(5)).ok();
    let run: Option<GroupRun> = group.alloc_contiguous(&black_box(20), black_box(2)).ok();
    if let Some(block) = &block {
        black_box((block.len(), block.as_ptr(), GroupBlock::member(block)));
    }
    if let Some(run) = &run {
        black_box((run.len(), GroupRun::count(run), GroupRun::member(run)));
    }
    if let Ok(block) = group.alloc(&black_box(5)) {
        let member = GroupBlock::member(&block);
        let block = black_box(GroupBlock::into_raw(block));
        // SAFETY: from `into_raw` just now.
        black_box(unsafe { GroupBlock::from_raw(member, block) });
    }
    black_box(group.members());
    black_box((array, run, block));
    let addresses = black_box([core::ptr::null_mut(), WORDS.raw().buffer().cast()]);
    // SAFETY: nobody uses a block of these pools at this point.
    black_box(unsafe { group.free(&addresses) }.is_err());
}

#[inline(never)]
fn built_at_run_time() {
    static MEMORY: StaticCell<[MaybeUninit<[u8; 48]>; 40]> = StaticCell::new();
    static BITMAP: StaticCell<Bitmap<{ bitmap_words(40) }>> = StaticCell::new();
    static POOL: StaticCell<MemBlocks<[u8; 48], 40>> = StaticCell::new();
    static LATE: StaticCell<Group<usize, 2>> = StaticCell::new();

    let (Some(memory), Some(bitmap)) = (MEMORY.try_uninit(), BITMAP.try_uninit()) else {
        return;
    };
    // SAFETY: an array of `MaybeUninit` needs no value.
    let memory = unsafe { memory.assume_init_mut() };
    let Some(pool) = POOL.try_uninit() else {
        return;
    };
    let pool = &*pool.write(MemBlocks::new(memory, bitmap.write(Bitmap::new())));
    black_box(pool.alloc_contiguous(black_box(39)).ok());

    let Some(late) = LATE.try_uninit() else {
        return;
    };
    let group = late.write(Group::new([], choose::smallest_fit));
    for _ in 0..black_box(3) {
        black_box(group.add(pool.raw()).is_err());
    }
    use_group(group);
}

#[entry]
fn main() -> ! {
    use_typed!(WORDS, [1; 3]);
    use_typed!(FRAMES, [2; 192]);
    use_typed!(ONE, 3);
    use_group(&FIT);
    use_group(&OR_LARGER);
    built_at_run_time();
    #[cfg(feature = "break-panic")]
    black_box(black_box(None::<u32>).unwrap());
    firmware::say("every operation used");
    firmware::exit(true)
}
