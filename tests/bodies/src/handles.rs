//! The owning handles: what they own, when they give it back, and what they can be sent across.

use core::cell::Cell;
use core::marker::{PhantomData, PhantomPinned};
use core::mem::{self, MaybeUninit};
use core::ptr;

use heapless::Vec;
use mem_blocks::{
    AllocError, Bitmap, Block, Group, GroupBlock, GroupRun, MemBlocks, Run, Scatter, ScatterIter,
    ScatterIterMut, ScatterRuns, ScatterRunsMut, bitmap_words, choose, mem_blocks,
};
use portable_atomic::{AtomicUsize, Ordering::Relaxed};
use static_cell::{ConstStaticCell, StaticCell};

use crate::Test;
use crate::text::text;

/// All of the module.
pub const TESTS: &[Test] = tests![
    a_block_is_two_words_and_so_is_an_option_of_one,
    handles_are_send_and_sync_exactly_when_the_value_is,
    dropping_a_block_drops_its_value_before_the_block_is_free,
    a_forgotten_block_leaks_and_is_never_handed_out_again,
    a_block_goes_through_a_raw_address_and_back_from_both_views,
    into_inner_moves_the_value_out_and_frees_the_block,
    a_leaked_block_is_a_reference_for_ever,
    alloc_with_does_not_call_its_function_without_a_block,
    a_zeroed_block_is_all_zeros_whatever_was_there,
    a_zero_fill_leaves_the_neighbours_alone,
    an_array_of_handles_frees_each_block_by_itself,
    a_run_splits_without_losing_or_doubling_a_block,
    a_run_goes_through_a_raw_address_and_back,
    a_run_lies_where_the_first_gap_is_that_it_fits_in,
    a_scatter_merges_adjacent_blocks_into_runs,
    dropping_a_scatter_drops_each_value_once,
    uninitialised_handles_drop_no_value,
    handles_dropped_in_any_order_give_back_exactly_what_was_taken,
    handles_print_what_they_hold,
    an_allocator_built_at_run_time_works_like_one_that_is_defined,
    operations_nest_in_a_critical_section_of_the_caller,
    handles_are_unpin_whatever_they_hold,
];

/// Counts how often a value of a test was dropped.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// Neither `Send` nor `Sync`.
struct Local(PhantomData<*const ()>);

fn a_block_is_two_words_and_so_is_an_option_of_one() {
    assert_eq!(size_of::<Block<[u8; 1536]>>(), 2 * size_of::<usize>());
    assert_eq!(size_of::<Option<Block<u8>>>(), 2 * size_of::<usize>());
    assert_eq!(size_of::<Run<u8>>(), 3 * size_of::<usize>());
    assert_eq!(size_of::<GroupBlock>(), 2 * size_of::<usize>());
    assert_eq!(size_of::<Scatter<u8, 5>>(), 9 * size_of::<usize>());
}

fn handles_are_send_and_sync_exactly_when_the_value_is() {
    trait Probe {
        const SEND: bool;
        const SYNC: bool;
    }
    /// Inherent constants win over those of the trait, and exist only under their bound.
    struct IsSend<T>(PhantomData<T>);
    impl<T> Probe for IsSend<T> {
        const SEND: bool = false;
        const SYNC: bool = false;
    }
    impl<T: Send> IsSend<T> {
        const SEND: bool = true;
    }
    struct IsSync<T>(PhantomData<T>);
    impl<T> Probe for IsSync<T> {
        const SEND: bool = false;
        const SYNC: bool = false;
    }
    impl<T: Sync> IsSync<T> {
        const SYNC: bool = true;
    }
    macro_rules! probe {
        ($($t:ty),*) => { [$((<IsSend<$t>>::SEND, <IsSync<$t>>::SYNC)),*] };
    }
    // Send and Sync; Send alone; neither.
    assert_eq!(
        probe!(Block<u8>, Block<Cell<u8>>, Block<Local>),
        [(true, true), (true, false), (false, false)]
    );
    assert_eq!(
        probe!(Run<u8>, Run<Cell<u8>>, Run<Local>),
        [(true, true), (true, false), (false, false)]
    );
    assert_eq!(
        probe!(Scatter<u8, 2>, Scatter<Cell<u8>, 2>, Scatter<Local, 2>),
        [(true, true), (true, false), (false, false)]
    );
    assert_eq!(probe!(GroupBlock, GroupRun), [(true, true), (true, true)]);
    // So that a transfer of the pieces can be awaited on an executor that moves tasks.
    assert_eq!(
        probe!(ScatterIter<'_, u8>, ScatterIter<'_, Cell<u8>>),
        [(true, true), (false, false)]
    );
    assert_eq!(
        probe!(ScatterRuns<'_, u8>, ScatterRuns<'_, Cell<u8>>),
        [(true, true), (false, false)]
    );
    assert_eq!(
        probe!(ScatterIterMut<'_, Cell<u8>>, ScatterRunsMut<'_, Cell<u8>>),
        [(true, false), (true, false)]
    );
    assert_eq!(
        probe!(ScatterIterMut<'_, Local>, ScatterRunsMut<'_, Local>),
        [(false, false), (false, false)]
    );
    // An allocator is shared by contexts exactly when its values may change contexts.
    let [u8s, cells, rcs] = probe!(MemBlocks<u8, 2>, MemBlocks<Cell<u8>, 2>, MemBlocks<Local, 2>);
    assert!(u8s.1 && cells.1 && !rcs.1);
}

fn dropping_a_block_drops_its_value_before_the_block_is_free() {
    static USED_IN_DROP: AtomicUsize = AtomicUsize::new(0);
    struct Probe(u8);
    #[mem_blocks]
    static POOL: MemBlocks<Probe, 2>;
    impl Drop for Probe {
        fn drop(&mut self) {
            USED_IN_DROP.store(POOL.used() + usize::from(self.0), Relaxed);
        }
    }
    drop(POOL.alloc_with(|| Probe(10)).unwrap());
    assert_eq!((USED_IN_DROP.load(Relaxed), POOL.used()), (11, 0));
}

fn a_forgotten_block_leaks_and_is_never_handed_out_again() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 2>;
    let block = POOL.alloc().unwrap();
    let index = Block::index(&block);
    mem::forget(block);
    let other = POOL.alloc().unwrap();
    assert_ne!(Block::index(&other), index);
    assert_eq!(POOL.alloc().unwrap_err(), AllocError::Exhausted);
}

fn a_block_goes_through_a_raw_address_and_back_from_both_views() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 2>;
    let block = POOL.alloc_with(|| 7).unwrap();
    let address = Block::into_raw(block);
    assert_eq!(POOL.used(), 1);
    // SAFETY: given up just now.
    let block = unsafe { Block::from_raw(&POOL, address) };
    let address = Block::into_raw(block);
    // SAFETY: given up just now.
    let block: Block<u32> = unsafe { Block::from_raw(POOL.raw(), address) };
    assert_eq!(*block, 7);
    assert!(ptr::eq(Block::pool(&block), POOL.raw()));
    let address = Block::into_raw(block);
    // SAFETY: given up just now.
    unsafe { POOL.raw().free(&[address.cast()]) }.unwrap();
    assert_eq!(POOL.used(), 0);
}

fn into_inner_moves_the_value_out_and_frees_the_block() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    #[mem_blocks]
    static POOL: MemBlocks<Counted<'static>, 1>;
    let value = Block::into_inner(POOL.alloc_with(|| Counted(&DROPS)).unwrap());
    assert!(ptr::eq(value.0, &raw const DROPS));
    assert_eq!((POOL.used(), DROPS.load(Relaxed)), (0, 0));
    drop(value);
    assert_eq!(DROPS.load(Relaxed), 1);
}

fn a_leaked_block_is_a_reference_for_ever() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 1>;
    let value: &'static mut u32 = Block::leak(POOL.alloc_with(|| 5).unwrap());
    *value += 1;
    assert_eq!((*value, POOL.used()), (6, 1));
}

fn alloc_with_does_not_call_its_function_without_a_block() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 1>;
    let _held = POOL.alloc_with(|| 1).unwrap();
    let calls = Cell::new(0);
    let refused = POOL.alloc_with(|| {
        calls.set(calls.get() + 1);
        2
    });
    assert_eq!((refused.unwrap_err(), calls.get()), (AllocError::Exhausted, 0));
}

fn a_zeroed_block_is_all_zeros_whatever_was_there() {
    #[mem_blocks]
    static POOL: MemBlocks<[u32; 9], 3>;
    #[mem_blocks]
    static BYTES: MemBlocks<[MaybeUninit<u8>; 150], 1>;
    drop(Run::write_with(POOL.alloc_contiguous(3).unwrap(), |_| [u32::MAX; 9]));
    assert_eq!(*POOL.alloc_zeroed().unwrap(), [0; 9]);
    let run = Run::write_zeroed(POOL.alloc_contiguous(2).unwrap());
    assert_eq!(*run, [[0; 9]; 2]);
    drop(run);
    let scatter = Scatter::write_zeroed(POOL.alloc_scatter::<3>(2).unwrap());
    assert!(scatter.iter().all(|block| *block == [0; 9]));

    assert_eq!(BYTES.alloc_zeroed().unwrap().len(), 150);
    // `bytemuck` knows atomics where they are whole.
    #[cfg(target_has_atomic = "ptr")]
    {
        #[mem_blocks]
        static COUNTERS: MemBlocks<[core::sync::atomic::AtomicUsize; 4], 1>;
        let counters = COUNTERS.alloc_zeroed().unwrap();
        assert!(counters.iter().all(|counter| counter.load(Relaxed) == 0));
    }
}

fn a_zero_fill_leaves_the_neighbours_alone() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 7], 3>;
    let [first, middle, last] = POOL.alloc_array::<3>().unwrap();
    let (first, last) = (Block::write(first, [0xaa; 7]), Block::write(last, [0xbb; 7]));
    let middle = Block::write_zeroed(middle);
    assert_eq!((*first, *middle, *last), ([0xaa; 7], [0; 7], [0xbb; 7]));
}

fn an_array_of_handles_frees_each_block_by_itself() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 4>;
    let [first, second, third] = POOL.alloc_array::<3>().unwrap();
    assert_eq!([0, 1, 2], [&first, &second, &third].map(Block::index));
    drop(second);
    assert_eq!(POOL.used(), 2);
    assert!(POOL.is_free(1..2));
}

fn a_run_splits_without_losing_or_doubling_a_block() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    #[mem_blocks]
    static POOL: MemBlocks<Counted<'static>, 40>;
    let run = POOL.alloc_contiguous(38).unwrap();
    let mut run = Run::write_with(run, |_| Counted(&DROPS));

    let none = Run::split_off(&mut run, 38);
    assert!(none.is_empty() && Run::range(&none) == (38..38));
    let none = Run::split_off(&mut run, usize::MAX);
    assert!(none.is_empty());
    drop(none);
    let tail = Run::split_off(&mut run, 5);
    assert_eq!((Run::range(&run), Run::range(&tail)), (0..5, 5..38));
    assert_eq!(((&run).into_iter().count(), (&mut run).into_iter().count()), (5, 5));
    drop(tail);
    assert_eq!((POOL.used(), DROPS.load(Relaxed)), (5, 33));
    let all = Run::split_off(&mut run, 0);
    assert!(run.is_empty());
    drop(run);
    assert_eq!(POOL.used(), 5);
    drop(all);
    assert_eq!((POOL.used(), DROPS.load(Relaxed)), (0, 38));
}

fn a_run_goes_through_a_raw_address_and_back() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 8>;
    let run = Run::write_with(POOL.alloc_contiguous(3).unwrap(), |_| 9);
    let address = Run::into_raw(run);
    assert_eq!(address.len(), 3);
    // SAFETY: given up just now.
    let run = unsafe { Run::from_raw(&POOL, address) };
    assert_eq!(*run, [9; 3]);
    drop(run);
    assert_eq!(POOL.used(), 0);
}

fn a_run_lies_where_the_first_gap_is_that_it_fits_in() {
    /// Blocks are taken so that there are gaps of 1, 2, 3 and so on.
    fn check<const N: usize>(pool: &'static MemBlocks<u16, N>) {
        let mut taken = Vec::<_, 8>::new();
        let mut gaps = Vec::<_, 8>::new();
        let mut start = 0;
        for gap in 1.. {
            let end = start + gap;
            if end >= N {
                break;
            }
            gaps.push(start..end).unwrap();
            taken.push(pool.claim(end..=end).unwrap()).unwrap();
            start = end + 1;
        }
        for count in 1..=gaps.len() {
            let first = gaps.iter().find(|gap| gap.len() >= count).unwrap().start;
            let run = pool.alloc_contiguous(count).unwrap();
            assert_eq!(Run::range(&run), first..first + count);
        }
    }
    #[mem_blocks]
    static WORD: MemBlocks<u16, 32>;
    #[mem_blocks]
    static WORDS: MemBlocks<u16, 40>;
    check(&WORD);
    check(&WORDS);
}

fn a_scatter_merges_adjacent_blocks_into_runs() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;
    // Free: 0, 2..4, 30..35 (over a word's edge), 39.
    let _held =
        (POOL.claim(1..2).unwrap(), POOL.claim(4..30).unwrap(), POOL.claim(35..39).unwrap());
    let scatter = POOL.alloc_scatter::<16>(9).unwrap();
    let mut scatter = Scatter::write_with(scatter, |place| [u8::try_from(place).unwrap(); 12]);
    assert_eq!((scatter.len(), scatter.is_empty()), (9, false));
    let lengths: Vec<usize, 9> = scatter.runs().map(<[_]>::len).collect();
    assert_eq!(lengths, [1, 2, 5, 1]);
    let values: Vec<u8, 9> = scatter.runs().flatten().map(|block| block[11]).collect();
    assert_eq!(values, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    for run in scatter.runs_mut() {
        run[0][0] = 0xff;
    }
    let starts: Vec<bool, 9> = scatter.iter().map(|block| block[0] == 0xff).collect();
    assert_eq!(starts, [true, true, false, true, false, false, false, false, true]);
    assert_eq!(scatter.iter().len(), 9);
    assert_eq!(scatter.iter().next_back().map(|block| block[1]), Some(8));
    for block in &mut scatter {
        block[0] = 1;
    }
    drop(scatter);
    assert_eq!(POOL.available(), 9);
}

fn dropping_a_scatter_drops_each_value_once() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    #[mem_blocks]
    static POOL: MemBlocks<Counted<'static>, 40>;
    let _held = POOL.claim(3..4).unwrap();
    let scatter = POOL.alloc_scatter::<38>(36).unwrap();
    drop(Scatter::write_with(scatter, |_| Counted(&DROPS)));
    assert_eq!((DROPS.load(Relaxed), POOL.used()), (36, 1));
}

fn uninitialised_handles_drop_no_value() {
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    #[mem_blocks]
    static POOL: MemBlocks<Counted<'static>, 8>;
    drop(POOL.alloc().unwrap());
    drop(POOL.alloc_contiguous(3).unwrap());
    drop(POOL.alloc_scatter::<3>(3).unwrap());
    assert_eq!((DROPS.load(Relaxed), POOL.used()), (0, 0));
    drop(POOL.alloc_with(|| Counted(&DROPS)).unwrap());
    assert_eq!((DROPS.load(Relaxed), POOL.used()), (1, 0));
}

fn handles_dropped_in_any_order_give_back_exactly_what_was_taken() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 70>;
    let one = POOL.alloc().unwrap();
    let run = POOL.alloc_contiguous(33).unwrap();
    let scatter = POOL.alloc_scatter::<20>(20).unwrap();
    let array = POOL.alloc_array::<10>().unwrap();
    assert_eq!(POOL.used(), 64);
    drop(run);
    assert!(POOL.is_free(1..34));
    assert_eq!(POOL.used(), 31);
    drop(one);
    drop(array);
    assert_eq!(POOL.used(), 20);
    drop(scatter);
    assert_eq!(POOL.used(), 0);
    POOL.raw().assert_valid();
}

fn handles_print_what_they_hold() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 4>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit);
    let block = POOL.alloc_with(|| 5).unwrap();
    let run = Run::write_with(POOL.alloc_contiguous(2).unwrap(), |_| 6);
    let scatter = Scatter::write_with(POOL.alloc_scatter::<1>(1).unwrap(), |_| 7);
    assert_eq!(text(format_args!("{block:?} {run:?} {scatter:?}")), "5 [6, 6] [7]");
    drop(block);
    let block = text(format_args!("{:?}", GROUP.alloc(&1).unwrap()));
    assert!(block.starts_with("GroupBlock { address: 0x"));
    let raw = "RawMemBlocks { block_size: 1, num_blocks: 4, used: 3, map: [.###] }";
    let group = text(format_args!("Group {{ members: [{raw}], .. }}"));
    assert_eq!(text(format_args!("{GROUP:?}")), group);
    assert_eq!(text(format_args!("Raw{POOL:?}")), raw);
}

fn an_allocator_built_at_run_time_works_like_one_that_is_defined() {
    static BUFFER: ConstStaticCell<[MaybeUninit<u64>; 33]> =
        ConstStaticCell::new([MaybeUninit::uninit(); 33]);
    static BITMAP: ConstStaticCell<Bitmap<{ bitmap_words(33) }>> =
        ConstStaticCell::new(Bitmap::new());
    static POOL: StaticCell<MemBlocks<u64, 33>> = StaticCell::new();
    let buffer = BUFFER.take();
    let start = buffer.as_ptr().addr();
    let pool: &'static MemBlocks<u64, 33> = POOL.init(MemBlocks::new(buffer, BITMAP.take()));
    let all = pool.alloc_array::<33>().unwrap();
    assert_eq!(pool.alloc().unwrap_err(), AllocError::Exhausted);
    assert_eq!(all[32].as_ptr().addr() - start, 32 * 8);
    drop(all);
    assert_eq!(pool.largest_free_run(), 33);
}

fn operations_nest_in_a_critical_section_of_the_caller() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 4>;
    #[mem_blocks]
    static WORDS: MemBlocks<u32, 70>;
    static GROUP: Group<usize, 2> =
        Group::new([WORDS.raw(), POOL.raw()], choose::smallest_fit_or_larger);
    critical_section::with(|_| {
        let block = POOL.alloc_with(|| critical_section::with(|_| 1)).unwrap();
        let run = POOL.alloc_contiguous(2).unwrap();
        assert_eq!((*block, POOL.used()), (1, 3));
        drop((run, block));
    });
    assert_eq!(POOL.used(), 0);

    // Of several words, which change in several steps.
    critical_section::with(|_| {
        let claimed = WORDS.claim(30..66).unwrap();
        assert!(!WORDS.is_free(29..31));
        let scatter = WORDS.alloc_scatter::<32>(32).unwrap();
        let lengths = scatter.runs().map(<[_]>::len);
        assert!(lengths.eq([30, 2]), "blocks below the claimed ones, and behind them");
        drop(claimed);
        assert_eq!((WORDS.used(), WORDS.largest_free_run()), (32, 36));

        let run = WORDS.alloc_contiguous(35).unwrap();
        assert_eq!((Run::range(&run), WORDS.available()), (30..65, 3));
        drop((scatter, run));

        let raw = WORDS.raw();
        let mut list = [ptr::null_mut(); 40];
        assert_eq!(raw.alloc(&mut list), Ok(()));
        assert_eq!(raw.alloc(&mut [ptr::null_mut(); 31]), Err(AllocError::Exhausted));
        list.reverse();
        // SAFETY: taken just now, and not used.
        assert_eq!(unsafe { raw.free(&list) }, Ok(()));

        let blocks = GROUP.alloc_array::<40>(&4).unwrap();
        let run = GROUP.alloc_contiguous(&4, 30).unwrap();
        let larger = GROUP.alloc(&4).unwrap();
        assert!(ptr::eq(GroupBlock::member(&larger), POOL.raw()));
        assert_eq!((WORDS.used(), POOL.used()), (70, 1));
        let given_up = blocks.map(GroupBlock::into_raw);
        // SAFETY: given up just now, and not used.
        assert_eq!(unsafe { GROUP.free(&given_up) }, Ok(()));
        drop((run, larger));
    });
    assert_eq!((WORDS.used(), POOL.used()), (0, 0));
    WORDS.raw().assert_valid();
}

fn handles_are_unpin_whatever_they_hold() {
    fn unpin<T: Unpin>() {}
    unpin::<Block<PhantomPinned>>();
    unpin::<Run<PhantomPinned>>();
    unpin::<Scatter<PhantomPinned, 2>>();
}
