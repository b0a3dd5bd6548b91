//! What each call does at the edges: every row of the contract's table.

use core::array;
use core::error::Error;
use core::ptr;

use mem_blocks::{
    AddError, AllocError, BlockBuffer, ClaimError, FreeErrorKind, GroupError, MemBlocks,
    RawMemBlocks, Run, mem_blocks,
};

use crate::Test;
use crate::text::text;

/// All of the module.
pub const TESTS: &[Test] = tests![
    nothing_is_allocated_for_a_count_of_zero_even_from_a_full_pool,
    more_blocks_than_there_are_exceed_the_capacity,
    a_scatter_of_more_than_its_handle_holds_exceeds_the_capacity,
    a_reversed_range_of_counts_exceeds_the_capacity,
    a_refused_request_takes_nothing_and_leaves_out_untouched,
    all_blocks_of_a_full_word_are_taken_and_freed_at_once,
    blocks_of_odd_sizes_do_not_overlap,
    free_rejects_an_address_that_is_not_from_the_buffer,
    free_rejects_an_inner_pointer,
    free_rejects_a_block_that_is_free,
    free_rejects_a_block_that_is_listed_twice,
    free_of_several_with_one_bad_entry_frees_nothing,
    free_names_the_first_of_several_bad_entries,
    free_contiguous_frees_all_of_a_run_or_nothing,
    claim_takes_exactly_the_blocks_of_the_range,
    claim_out_of_range_or_of_a_taken_block_changes_nothing,
    claim_by_address_is_claim_by_index,
    the_longest_run_that_fits_is_found,
    blocks_start_on_the_alignment_that_is_asked_for,
    an_external_buffer_is_where_the_blocks_lie,
    errors_say_what_is_wrong_in_lower_case_without_a_full_stop,
];

/// The addresses of all blocks of an allocator, in order.
fn blocks_of<const N: usize>(raw: &RawMemBlocks) -> [*mut u8; N] {
    assert_eq!(raw.num_blocks(), N);
    let start = raw.buffer().cast::<u8>();
    array::from_fn(|index| start.wrapping_add(index * raw.block_size()))
}

/// What `free` says to these addresses, as an entry and a reason.
fn refusal(raw: &RawMemBlocks, blocks: &[*mut u8]) -> (usize, FreeErrorKind) {
    let used = raw.used();
    // SAFETY: nothing accesses the blocks; that the call is refused is what is tested.
    let error = unsafe { raw.free(blocks) }.expect_err("must be refused");
    assert_eq!(raw.used(), used, "a refused call has changed something");
    raw.assert_valid();
    (error.entry(), error.kind())
}

fn nothing_is_allocated_for_a_count_of_zero_even_from_a_full_pool() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 3>;
    let raw = POOL.raw();
    let all = POOL.claim(..).unwrap();

    assert_eq!(POOL.alloc_array::<0>().unwrap().len(), 0);
    assert!(POOL.alloc_scatter::<0>(0).unwrap().is_empty());
    assert!(POOL.alloc_scatter::<4>(0).unwrap().is_empty());
    assert!(POOL.alloc_contiguous(0).unwrap().is_empty());
    assert!(POOL.alloc_contiguous_in(0..=0).unwrap().is_empty());
    assert!(POOL.alloc_contiguous_in(0..=3).unwrap().is_empty());
    assert!(POOL.claim(1..1).unwrap().is_empty());
    assert!(POOL.claim(99..99).unwrap().is_empty());
    let places = [0..0, 2..2, 3..3, 4..4].map(|range| Run::range(&POOL.claim(range).unwrap()));
    assert_eq!(places, [0..0, 2..2, 3..3, 3..3]);
    assert!(POOL.is_free(1..1));
    assert!(POOL.is_free(99..99));

    assert_eq!(raw.alloc(&mut []), Ok(()));
    assert!(raw.alloc_contiguous(0).is_ok());
    assert_eq!(raw.claim(ptr::null_mut(), 0), Ok(()));
    assert!(raw.is_region_free(ptr::null(), 0));
    // SAFETY: nothing is freed.
    assert_eq!(unsafe { raw.free(&[]) }, Ok(()));
    // SAFETY: nothing is freed.
    assert_eq!(unsafe { raw.free_contiguous(ptr::null_mut(), 0) }, Ok(()));
    assert_eq!(POOL.used(), 3);
    drop(all);
}

fn more_blocks_than_there_are_exceed_the_capacity() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 3>;
    let raw = POOL.raw();
    let mark = ptr::without_provenance_mut(0x5a5a);
    let mut out = [mark; 4];

    assert_eq!(POOL.alloc_array::<4>().unwrap_err(), AllocError::ExceedsCapacity);
    assert_eq!(POOL.alloc_scatter::<9>(4).unwrap_err(), AllocError::ExceedsCapacity);
    assert_eq!(POOL.alloc_contiguous(4).unwrap_err(), AllocError::ExceedsCapacity);
    assert_eq!(POOL.alloc_contiguous(usize::MAX).unwrap_err(), AllocError::ExceedsCapacity);
    assert_eq!(POOL.alloc_contiguous_in(4..=9).unwrap_err(), AllocError::ExceedsCapacity);
    assert_eq!(raw.alloc(&mut out), Err(AllocError::ExceedsCapacity));
    assert_eq!(raw.alloc_contiguous(4), Err(AllocError::ExceedsCapacity));
    assert_eq!(out, [mark; 4]);
    assert_eq!(POOL.used(), 0);

    // Also when the pool is exhausted: waiting would not help.
    let _all = POOL.claim(..).unwrap();
    assert_eq!(POOL.alloc_array::<4>().unwrap_err(), AllocError::ExceedsCapacity);
}

fn a_scatter_of_more_than_its_handle_holds_exceeds_the_capacity() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 8>;
    assert_eq!(POOL.alloc_scatter::<2>(3).unwrap_err(), AllocError::ExceedsCapacity);
    assert_eq!(POOL.used(), 0);
}

#[expect(clippy::reversed_empty_ranges, reason = "the case under test")]
fn a_reversed_range_of_counts_exceeds_the_capacity() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 8>;
    assert_eq!(POOL.alloc_contiguous_in(3..=2).unwrap_err(), AllocError::ExceedsCapacity);
    assert_eq!(POOL.used(), 0);
}

fn a_refused_request_takes_nothing_and_leaves_out_untouched() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;
    let raw = POOL.raw();
    // Free are 0, 2, 4, 6 and 8 in the first word, and 39 in the second.
    let held = [1, 3, 5, 7].map(|index| POOL.claim(index..=index).unwrap());
    let rest = POOL.claim(9..39).unwrap();
    let mark = ptr::without_provenance_mut(0x5a5a);
    let mut out = [mark; 7];

    assert_eq!(raw.alloc(&mut out), Err(AllocError::Exhausted));
    assert_eq!(out, [mark; 7]);
    assert_eq!(POOL.alloc_array::<7>().unwrap_err(), AllocError::Exhausted);
    assert_eq!(POOL.alloc_scatter::<7>(7).unwrap_err(), AllocError::Exhausted);
    assert_eq!(POOL.alloc_contiguous(2).unwrap_err(), AllocError::Exhausted);
    assert_eq!(POOL.alloc_contiguous_in(2..=9).unwrap_err(), AllocError::Exhausted);
    assert_eq!(POOL.available(), 6);

    assert_eq!(raw.alloc(&mut out[..6]), Ok(()));
    assert_eq!(POOL.alloc().unwrap_err(), AllocError::Exhausted);
    // SAFETY: taken just now, and used by nobody.
    assert_eq!(unsafe { raw.free(&out[..6]) }, Ok(()));
    drop((held, rest));
    assert_eq!(POOL.used(), 0);
}

fn all_blocks_of_a_full_word_are_taken_and_freed_at_once() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 3], 32>;
    let all = POOL.alloc_array::<32>().unwrap();
    assert_eq!((POOL.used(), POOL.available()), (32, 0));
    drop(all);
    let all = POOL.alloc_scatter::<32>(32).unwrap();
    assert_eq!(all.runs().count(), 1);
    drop(all);
    let all = POOL.alloc_contiguous(32).unwrap();
    assert_eq!(POOL.largest_free_run(), 0);
    drop(all);
    let all = POOL.claim(0..32).unwrap();
    assert!(!POOL.is_free(31..32));
    drop(all);
    assert_eq!((POOL.used(), POOL.largest_free_run()), (0, 32));
}

fn blocks_of_odd_sizes_do_not_overlap() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 5>;
    let mut blocks = POOL.alloc_array::<5>().unwrap();
    let addresses = blocks.each_ref().map(|block| block.as_ptr().addr());
    assert!(addresses.windows(2).all(|pair| pair[1] - pair[0] == 12));
    for (value, block) in (0_u8..).zip(&mut blocks) {
        block.write([value; 12]);
    }
    let last = blocks.into_iter().next_back().unwrap();
    assert_eq!(last.as_ptr().addr() - addresses[0], 48);
}

fn free_rejects_an_address_that_is_not_from_the_buffer() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 24], 4>;
    #[mem_blocks]
    static OTHER: MemBlocks<[u8; 24], 4>;
    let raw = POOL.raw();
    let _all = POOL.claim(..).unwrap();
    let _others = OTHER.claim(..).unwrap();
    let blocks = blocks_of::<4>(raw);
    let mut local = 0_u8;
    for foreign in [
        ptr::null_mut(),
        ptr::without_provenance_mut(1),
        ptr::without_provenance_mut(usize::MAX),
        &raw mut local,
        blocks_of::<4>(OTHER.raw())[0],
        blocks[0].wrapping_sub(24),
        blocks[0].wrapping_sub(1),
        blocks[3].wrapping_add(24),
        blocks[3].wrapping_add(25),
    ] {
        assert_eq!(refusal(raw, &[foreign]), (0, FreeErrorKind::NotInBuffer));
        assert!(!raw.owns(foreign));
    }
}

fn free_rejects_an_inner_pointer() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 24], 4>;
    let raw = POOL.raw();
    let _all = POOL.claim(..).unwrap();
    for block in blocks_of::<4>(raw) {
        for inner in 1..24 {
            let address = block.wrapping_add(inner);
            assert_eq!(refusal(raw, &[address]), (0, FreeErrorKind::NotBlockStart));
            assert!(raw.owns(address));
        }
    }
}

fn free_rejects_a_block_that_is_free() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;
    let raw = POOL.raw();
    let _one = POOL.claim(39..40).unwrap();
    let blocks = blocks_of::<40>(raw);
    assert_eq!(refusal(raw, &[blocks[39], blocks[38]]), (1, FreeErrorKind::NotAllocated));
    assert_eq!(refusal(raw, &[blocks[0]]), (0, FreeErrorKind::NotAllocated));
}

fn free_rejects_a_block_that_is_listed_twice() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 24], 4>;
    let raw = POOL.raw();
    let _all = POOL.claim(..).unwrap();
    let blocks = blocks_of::<4>(raw);
    let list = [blocks[2], blocks[0], blocks[1], blocks[0]];
    assert_eq!(refusal(raw, &list), (3, FreeErrorKind::ListedTwice));
}

fn free_of_several_with_one_bad_entry_frees_nothing() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 6], 70>;
    let raw = POOL.raw();
    let all = POOL.claim(..).unwrap();
    let mut list = blocks_of::<70>(raw);
    for bad in [0, 1, 31, 32, 63, 69] {
        let good = list[bad];
        list[bad] = good.wrapping_add(1);
        assert_eq!(refusal(raw, &list), (bad, FreeErrorKind::NotBlockStart));
        list[bad] = good;
    }
    drop(all);
    let all = POOL.claim(..).unwrap();
    let _ = Run::leak(all);
    // SAFETY: leaked, and used by nobody.
    assert_eq!(unsafe { raw.free(&list) }, Ok(()));
    assert_eq!(POOL.used(), 0);
}

fn free_names_the_first_of_several_bad_entries() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 24], 4>;
    let raw = POOL.raw();
    let _two = POOL.claim(..2).unwrap();
    let blocks = blocks_of::<4>(raw);
    let list = [blocks[0], blocks[3], ptr::null_mut(), blocks[0]];
    assert_eq!(refusal(raw, &list), (1, FreeErrorKind::NotAllocated));
}

fn free_contiguous_frees_all_of_a_run_or_nothing() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 12], 40>;
    let raw = POOL.raw();
    let first = raw.alloc_contiguous(38).unwrap().as_ptr();
    let refusal = |first: *mut u8, count| {
        // SAFETY: nothing accesses the blocks.
        let error = unsafe { raw.free_contiguous(first, count) }.unwrap_err();
        assert_eq!(raw.used(), 38);
        (error.entry(), error.kind())
    };
    assert_eq!(refusal(first, 41), (40, FreeErrorKind::NotInBuffer));
    assert_eq!(refusal(first, usize::MAX), (40, FreeErrorKind::NotInBuffer));
    assert_eq!(refusal(first, 40), (38, FreeErrorKind::NotAllocated));
    assert_eq!(refusal(first.wrapping_add(1), 2), (0, FreeErrorKind::NotBlockStart));
    assert_eq!(refusal(first.wrapping_sub(12), 2), (0, FreeErrorKind::NotInBuffer));
    assert_eq!(refusal(ptr::null_mut(), 1), (0, FreeErrorKind::NotInBuffer));
    // A part of the run is a run of its own.
    // SAFETY: nothing accesses the blocks.
    let freed = unsafe { raw.free_contiguous(first.wrapping_add(12), 36) };
    assert_eq!(freed, Ok(()));
    assert_eq!(raw.used(), 2);
    assert_eq!(raw.largest_free_run(), 36);
}

fn claim_takes_exactly_the_blocks_of_the_range() {
    #[mem_blocks]
    static POOL: MemBlocks<u64, 70>;
    let run = POOL.claim(30..=65).unwrap();
    assert_eq!(Run::range(&run), 30..66);
    assert_eq!(POOL.used(), 36);
    assert!(POOL.is_free(..30) && POOL.is_free(66..));
    assert!(!POOL.is_free(..31) && !POOL.is_free(65..));
}

#[expect(clippy::reversed_empty_ranges, reason = "the case under test")]
fn claim_out_of_range_or_of_a_taken_block_changes_nothing() {
    #[mem_blocks]
    static POOL: MemBlocks<u64, 40>;
    let _held = POOL.claim(33..34).unwrap();
    for outside in [0..41, 40..41, 41..42, 5..3, 0..usize::MAX, usize::MAX - 1..usize::MAX] {
        assert!(!POOL.is_free(outside.clone()));
        assert_eq!(POOL.claim(outside).unwrap_err(), ClaimError::OutOfRange);
    }
    assert_eq!(POOL.claim(..=usize::MAX).unwrap_err(), ClaimError::OutOfRange);
    for taken in [33..34, 0..40, 30..34, 33..40] {
        assert!(!POOL.is_free(taken.clone()));
        assert_eq!(POOL.claim(taken).unwrap_err(), ClaimError::Taken);
    }
    assert_eq!(POOL.used(), 1);
}

fn claim_by_address_is_claim_by_index() {
    #[mem_blocks]
    static POOL: MemBlocks<[u16; 5], 40>;
    let raw = POOL.raw();
    let blocks = blocks_of::<40>(raw);
    assert_eq!(raw.claim(blocks[30], 4), Ok(()));
    assert!(!raw.is_region_free(blocks[29], 2));
    assert!(raw.is_region_free(blocks[34], 6));
    assert!(!raw.is_region_free(blocks[34], 7));
    assert!(!raw.is_region_free(blocks[34], usize::MAX));
    assert!(!raw.is_region_free(blocks[34].wrapping_add(1), 1));
    assert_eq!(raw.claim(blocks[33], 2), Err(ClaimError::Taken));
    assert_eq!(raw.claim(blocks[39], 2), Err(ClaimError::OutOfRange));
    assert_eq!(raw.claim(blocks[39], usize::MAX), Err(ClaimError::OutOfRange));
    assert_eq!(raw.claim(ptr::null_mut(), 1), Err(ClaimError::OutOfRange));
    assert_eq!(raw.claim(blocks[39].wrapping_add(10), 1), Err(ClaimError::OutOfRange));
    assert_eq!(raw.claim(blocks[0].wrapping_add(2), 1), Err(ClaimError::NotBlockStart));
    assert_eq!(raw.used(), 4);
}

fn the_longest_run_that_fits_is_found() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 100>;
    // Free runs: 0..10, 20..50 (over a word's edge), 60..100.
    let _held = (POOL.claim(10..20).unwrap(), POOL.claim(50..60).unwrap());
    assert_eq!(POOL.largest_free_run(), 40);
    let range = |counts| Run::range(&POOL.alloc_contiguous_in(counts).unwrap());
    assert_eq!(range(1..=100), 60..100);
    assert_eq!(range(1..=30), 20..50);
    assert_eq!(range(1..=9), 0..9);
    assert_eq!(range(31..=35), 60..95);
    assert_eq!(POOL.alloc_contiguous_in(41..=100).unwrap_err(), AllocError::Exhausted);
}

fn blocks_start_on_the_alignment_that_is_asked_for() {
    #[mem_blocks]
    static BYTES: MemBlocks<[u8; 3], 4>;
    #[mem_blocks(align = 64)]
    static LINES: MemBlocks<[u8; 192], 4>;
    #[mem_blocks]
    static WIDE: MemBlocks<u64, 4>;
    assert_eq!(BYTES.raw().buffer().cast::<u8>().addr() % 4, 0);
    assert!(blocks_of::<4>(LINES.raw()).iter().all(|block| block.addr() % 64 == 0));
    assert_eq!(WIDE.raw().buffer().cast::<u8>().addr() % align_of::<u64>(), 0);
}

fn an_external_buffer_is_where_the_blocks_lie() {
    static MEMORY: BlockBuffer<[u8; 48], 6, 16> = BlockBuffer::new();
    #[mem_blocks(align = 16, unsafe(buffer = MEMORY))]
    static POOL: MemBlocks<[u8; 48], 6>;
    let block = POOL.alloc().unwrap();
    assert_eq!(block.as_ptr().addr(), MEMORY.as_ptr().addr());
    assert_eq!(POOL.raw().buffer().len(), 288);
    let address = MEMORY.as_ptr();
    assert_eq!(text(format_args!("{MEMORY:?}")), text(format_args!("BlockBuffer({address:?})")));
}

fn errors_say_what_is_wrong_in_lower_case_without_a_full_stop() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 2>;
    let free = POOL.raw().buffer().cast::<u8>();
    // SAFETY: nothing is freed.
    let free_error = unsafe { POOL.raw().free(&[free]) }.unwrap_err();
    let texts: [(&dyn Error, &str); 10] = [
        (&AllocError::Exhausted, "not enough free blocks"),
        (&AllocError::ExceedsCapacity, "more blocks than can ever be served"),
        (&ClaimError::OutOfRange, "outside the buffer"),
        (&ClaimError::NotBlockStart, "not the start of a block"),
        (&ClaimError::Taken, "not all of the blocks are free"),
        (&free_error, "entry 0: not allocated"),
        (&GroupError::NotChosen, "no member chosen"),
        (&GroupError::NotAMember, "the chosen allocator is not a member"),
        (&GroupError::Alloc(AllocError::Exhausted), "not enough free blocks"),
        (&AddError::Full, "the group is full"),
    ];
    for (error, expected) in texts {
        assert_eq!(text(format_args!("{error}")), expected);
    }
}
