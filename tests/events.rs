//! The option `listener`: what an allocator tells of itself.

#![allow(unsafe_code, reason = "freeing by address")]

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use mem_blocks::{
    AllocError, Block, ClaimError, Event, FreeErrorKind, Group, MemBlocks, RawMemBlocks, Run,
    choose, mem_blocks,
};

/// What was told, as text: each test has a thread of its own.
fn write_down(pool: &RawMemBlocks, event: Event<'_>) {
    let text = match event {
        Event::Alloc(blocks) => format!("alloc {blocks:?}"),
        Event::Claim(blocks) => format!("claim {blocks:?}"),
        Event::Free(blocks) => format!("free {blocks:?}"),
        Event::AllocRefused { count, error } => format!("alloc of {count}: {error}"),
        Event::ClaimRefused { blocks, error } => {
            assert_eq!(blocks.is_empty(), error != ClaimError::Taken);
            format!("claim of {blocks:?}: {error}")
        }
        Event::FreeRefused { address, error } => {
            let start = pool.buffer().cast::<u8>();
            let offset = address.addr().wrapping_sub(start.addr());
            format!("free of {offset}: {error}")
        }
        _ => String::from("something new"),
    };
    let (Event::Alloc(blocks) | Event::Claim(blocks) | Event::Free(blocks)) = event else {
        TOLD.with_borrow_mut(|told| told.push(text));
        return;
    };
    // They are not free, whatever it is about.
    assert_eq!(blocks.len(), blocks.indices().count());
    assert!(!blocks.is_empty());
    for index in blocks.indices() {
        let start = pool.buffer().cast::<u8>().wrapping_add(index * pool.block_size());
        assert!(!pool.is_region_free(start, 1), "{text}");
    }
    TOLD.with_borrow_mut(|told| told.push(text));
}

thread_local! {
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Compares what was told since the last time.
#[track_caller]
fn told(expected: &[&str]) {
    let told = TOLD.take();
    assert_eq!(told, expected);
}

/// Runs a test on a pool of one word, and on one of two of which the lowest eight blocks are free.
macro_rules! on_both {
    (|$pool:ident| $body:block) => {{
        #[mem_blocks(listener = write_down)]
        static ONE: MemBlocks<[u8; 16], 8>;
        #[mem_blocks(listener = write_down, align = 8)]
        static MANY: MemBlocks<[u8; 16], 34>;
        {
            let $pool = &ONE;
            $body
        }
        let rest = MANY.claim(8..).unwrap();
        TOLD.take();
        {
            let $pool = &MANY;
            $body
        }
        drop(rest);
        assert_eq!((ONE.used(), MANY.used()), (0, 0));
    }};
}

#[test]
fn it_is_told_of_each_call_and_its_blocks() {
    on_both!(|pool| {
        let block = pool.alloc().unwrap();
        told(&["alloc [0]"]);
        let with = pool.alloc_with(|| [1; 16]).unwrap();
        told(&["alloc [1]"]);
        let zeroed = pool.alloc_zeroed().unwrap();
        told(&["alloc [2]"]);
        drop(with);
        told(&["free [1]"]);
        let array = pool.alloc_array::<2>().unwrap();
        told(&["alloc [1, 3]"]);
        assert_eq!(Block::into_inner(zeroed), [0; 16]);
        told(&["free [2]"]);
        let scatter = pool.alloc_scatter::<4>(3).unwrap();
        told(&["alloc [2, 4, 5]"]);
        drop(array);
        told(&["free [1]", "free [3]"]);
        drop(scatter);
        told(&["free [2, 4, 5]"]);
        let run = pool.alloc_contiguous(2).unwrap();
        told(&["alloc [1, 2]"]);
        let mut longest = pool.alloc_contiguous_in(1..=4).unwrap();
        told(&["alloc [3, 4, 5, 6]"]);
        let tail = Run::split_off(&mut longest, 3);
        drop(longest);
        told(&["free [3, 4, 5]"]);
        let claimed = pool.claim(4..6).unwrap();
        told(&["claim [4, 5]"]);
        drop((block, run, tail, claimed));
        told(&["free [0]", "free [1, 2]", "free [6]", "free [4, 5]"]);
    });
}

#[test]
fn it_is_told_of_what_is_done_by_address() {
    on_both!(|pool| {
        let raw = pool.raw();
        let mut three = [ptr::null_mut(); 3];
        raw.alloc(&mut three).unwrap();
        told(&["alloc [0, 1, 2]"]);
        three.reverse();
        // SAFETY: taken above, as is all that is freed below.
        unsafe { raw.free(&three) }.unwrap();
        told(&["free [2, 1, 0]"]);
        raw.alloc(&mut three[..1]).unwrap();
        // SAFETY: as above.
        unsafe { raw.free(&three[..1]) }.unwrap();
        told(&["alloc [0]", "free [0]"]);
        let first = raw.alloc_contiguous(3).unwrap().as_ptr();
        // SAFETY: as above.
        unsafe { raw.free_contiguous(first.wrapping_add(16), 2) }.unwrap();
        told(&["alloc [0, 1, 2]", "free [1, 2]"]);
        raw.claim(first.wrapping_add(32), 2).unwrap();
        // SAFETY: as above.
        unsafe { raw.free(&[first, first.wrapping_add(48), first.wrapping_add(32)]) }.unwrap();
        told(&["claim [2, 3]", "free [0, 3, 2]"]);
    });
}

#[test]
fn it_is_told_of_each_refusal() {
    on_both!(|pool| {
        let raw = pool.raw();
        let all = raw.num_blocks();
        let held = pool.claim(1..7).unwrap();
        TOLD.take();
        assert_eq!(pool.alloc_array::<3>().err(), Some(AllocError::Exhausted));
        assert!(pool.alloc_array::<100>().is_err());
        assert!(pool.alloc_scatter::<3>(3).is_err());
        assert!(pool.alloc_scatter::<3>(4).is_err());
        assert!(pool.alloc_contiguous(2).is_err());
        assert!(pool.alloc_contiguous(100).is_err());
        assert!(pool.alloc_contiguous_in(2..=3).is_err());
        assert!(pool.alloc_contiguous_in(100..=200).is_err());
        assert!(raw.alloc(&mut [ptr::null_mut(); 3]).is_err());
        assert!(raw.alloc(&mut [ptr::null_mut(); 100]).is_err());
        assert!(raw.alloc_contiguous(2).is_err());
        told(&[
            "alloc of 3: not enough free blocks",
            "alloc of 100: more blocks than can ever be served",
            "alloc of 3: not enough free blocks",
            "alloc of 4: more blocks than can ever be served",
            "alloc of 2: not enough free blocks",
            "alloc of 100: more blocks than can ever be served",
            "alloc of 2: not enough free blocks",
            "alloc of 100: more blocks than can ever be served",
            "alloc of 3: not enough free blocks",
            "alloc of 100: more blocks than can ever be served",
            "alloc of 2: not enough free blocks",
        ]);

        let start = raw.buffer().cast::<u8>();
        assert_eq!(pool.claim(0..2).err(), Some(ClaimError::Taken));
        // All of these are taken, and stay so.
        assert!(pool.claim(2..4).is_err());
        assert_eq!(pool.largest_free_run(), 1);
        assert!(pool.claim(0..=all).is_err());
        assert!(raw.claim(start.wrapping_add(96), 2).is_err());
        assert!(raw.claim(start.wrapping_add(97), 2).is_err());
        assert!(raw.claim(start, all + 1).is_err());
        told(&[
            "claim of [0, 1]: not all of the blocks are free",
            "claim of [2, 3]: not all of the blocks are free",
            "claim of []: outside the buffer",
            "claim of [6, 7]: not all of the blocks are free",
            "claim of []: not the start of a block",
            "claim of []: outside the buffer",
        ]);

        let free = |offsets: &[usize]| {
            let list: Vec<_> = offsets.iter().map(|&offset| start.wrapping_add(offset)).collect();
            // SAFETY: refused.
            unsafe { raw.free(&list) }.unwrap_err().kind()
        };
        assert_eq!(free(&[0]), FreeErrorKind::NotAllocated);
        free(&[17]);
        free(&[16, 32, 16]);
        free(&[16, 16 * all]);
        // SAFETY: refused.
        assert!(unsafe { raw.free_contiguous(start.wrapping_add(48), 5) }.is_err());
        // SAFETY: refused.
        assert!(unsafe { raw.free_contiguous(start.wrapping_add(16), all) }.is_err());
        told(&[
            "free of 0: entry 0: not allocated",
            "free of 17: entry 0: not the start of a block",
            "free of 16: entry 2: listed twice",
            &format!("free of {}: entry 1: not from this buffer", 16 * all),
            "free of 112: entry 4: not allocated",
            &format!("free of {}: entry {}: not from this buffer", 16 * all, all - 1),
        ]);
        drop(held);
        let _all = pool.alloc_contiguous(8).unwrap();
        TOLD.take();
        assert!(pool.alloc().is_err());
        assert!(raw.alloc(&mut [ptr::null_mut()]).is_err());
        told(&["alloc of 1: not enough free blocks"; 2]);
    });
    TOLD.take();
}

#[test]
fn it_is_not_told_of_requests_for_nothing() {
    on_both!(|pool| {
        let raw = pool.raw();
        assert!(pool.alloc_array::<0>().is_ok());
        drop(pool.alloc_scatter::<2>(0).unwrap());
        drop(pool.alloc_contiguous(0).unwrap());
        drop(pool.alloc_contiguous_in(0..=0).unwrap());
        drop(pool.claim(3..3).unwrap());
        raw.alloc(&mut []).unwrap();
        raw.claim(ptr::null_mut(), 0).unwrap();
        // SAFETY: nothing is freed.
        unsafe { raw.free(&[]) }.unwrap();
        // SAFETY: nothing is freed.
        unsafe { raw.free_contiguous(ptr::null_mut(), 0) }.unwrap();
        assert!(pool.is_free(..8) && pool.largest_free_run() == 8);
        told(&[]);
        // No block is as good as some, and there is none.
        let all = pool.claim(..8).unwrap();
        told(&["claim [0, 1, 2, 3, 4, 5, 6, 7]"]);
        drop(pool.alloc_contiguous_in(0..=3).unwrap());
        told(&[]);
        drop(all);
        told(&["free [0, 1, 2, 3, 4, 5, 6, 7]"]);
    });
}

#[test]
fn it_is_told_of_blocks_of_several_words_in_one_call() {
    #[mem_blocks(listener = write_down)]
    static POOL: MemBlocks<[u8; 16], 34>;
    let low = POOL.claim(..30).unwrap();
    let high = POOL.claim(33..).unwrap();
    TOLD.take();
    let array = POOL.alloc_array::<3>().unwrap();
    drop(array);
    told(&["alloc [30, 31, 32]", "free [30]", "free [31]", "free [32]"]);
    let scatter = POOL.alloc_scatter::<5>(3).unwrap();
    drop(scatter);
    told(&["alloc [30, 31, 32]", "free [30, 31, 32]"]);
    let run = POOL.alloc_contiguous(3).unwrap();
    drop(run);
    let claimed = POOL.claim(31..33).unwrap();
    drop(claimed);
    told(&["alloc [30, 31, 32]", "free [30, 31, 32]", "claim [31, 32]", "free [31, 32]"]);
    drop((low, high));
    TOLD.take();
}

#[test]
fn a_group_tells_through_its_members() {
    #[mem_blocks(listener = write_down)]
    static SMALL: MemBlocks<[u8; 16], 2>;
    #[mem_blocks]
    static SILENT: MemBlocks<[u8; 32], 2>;
    static GROUP: Group<usize, 2> =
        Group::new([SMALL.raw(), SILENT.raw()], choose::smallest_fit_or_larger);
    let blocks = [8, 8, 8].map(|size| GROUP.alloc(&size).unwrap());
    told(&["alloc [0]", "alloc [1]"]);
    let mut addresses = blocks.map(mem_blocks::GroupBlock::into_raw);
    addresses.reverse();
    // SAFETY: their handles were given up just now.
    unsafe { GROUP.free(&addresses) }.unwrap();
    told(&["free [1]", "free [0]"]);
    // SAFETY: refused.
    assert!(unsafe { GROUP.free(&addresses) }.is_err());
    // Said by the first that is wrong, which is of the other member.
    told(&[]);
    addresses.reverse();
    // SAFETY: refused.
    assert!(unsafe { GROUP.free(&addresses) }.is_err());
    told(&["free of 0: entry 0: not allocated"]);
    drop(GROUP.alloc_contiguous(&8, 2).unwrap());
    told(&["alloc [0, 1]", "free [0, 1]"]);
    assert!(GROUP.alloc_contiguous(&8, 3).is_err());
    told(&["alloc of 3: more blocks than can ever be served"]);
}

#[test]
fn what_it_hears_of_one_block_is_in_order() {
    static TAKEN: [AtomicBool; 40] = [const { AtomicBool::new(false) }; 40];

    fn follow(_: &RawMemBlocks, event: Event<'_>) {
        match event {
            Event::Alloc(blocks) => {
                blocks.indices().for_each(|at| assert!(!TAKEN[at].swap(true, Ordering::Relaxed)));
            }
            Event::Free(blocks) => {
                blocks.indices().for_each(|at| assert!(TAKEN[at].swap(false, Ordering::Relaxed)));
            }
            _ => {}
        }
    }

    #[mem_blocks(listener = follow)]
    static ONE: MemBlocks<u32, 4>;
    #[mem_blocks(listener = follow)]
    static MANY: MemBlocks<u32, 40>;

    for pool in [ONE.raw(), MANY.raw()] {
        let churn = |count: usize| {
            for _ in 0..20_000 {
                let mut blocks = vec![ptr::null_mut(); count];
                if pool.alloc(&mut blocks).is_ok() {
                    // SAFETY: taken above.
                    unsafe { pool.free(&blocks) }.unwrap();
                }
                if let Ok(first) = pool.alloc_contiguous(count) {
                    // SAFETY: taken above.
                    unsafe { pool.free_contiguous(first.as_ptr(), count) }.unwrap();
                }
            }
        };
        let all = pool.num_blocks();
        thread::scope(|scope| {
            for count in [1, all / 2, all] {
                scope.spawn(move || churn(count));
            }
        });
        assert!(TAKEN.iter().all(|taken| !taken.load(Ordering::Relaxed)));
    }
}

#[test]
fn it_may_use_allocators_itself() {
    #[mem_blocks]
    static LOG: MemBlocks<usize, 8>;
    #[mem_blocks(listener = note)]
    static POOL: MemBlocks<u32, 4>;

    fn note(_: &RawMemBlocks, event: Event<'_>) {
        let Event::Alloc(blocks) = event else { return };
        let _ = LOG.alloc_with(|| blocks.len()).map(Block::leak);
        if blocks.len() > 1 {
            // Told of in turn.
            let _ = POOL.alloc_contiguous(1).map(Run::leak);
        }
    }

    let run = POOL.alloc_contiguous(3).unwrap();
    assert_eq!((POOL.used(), LOG.used()), (4, 2));
    drop(run);
    assert_eq!(POOL.used(), 1);
}

#[test]
fn blocks_are_given_back_where_it_panics() {
    fn refuse(_: &RawMemBlocks, event: Event<'_>) {
        assert!(!matches!(event, Event::Free(_)), "as a test");
    }
    #[mem_blocks(listener = refuse)]
    static ONE: MemBlocks<u32, 4>;
    #[mem_blocks(listener = refuse)]
    static MANY: MemBlocks<u32, 40>;

    let panics = |end: &mut dyn FnMut()| {
        assert!(panic::catch_unwind(AssertUnwindSafe(end)).is_err());
        assert_eq!((ONE.used(), MANY.used()), (0, 0));
    };
    panics(&mut || drop(ONE.alloc()));
    panics(&mut || drop(ONE.alloc_contiguous(2)));
    panics(&mut || drop(ONE.alloc_scatter::<3>(3)));
    panics(&mut || drop(MANY.alloc()));
    panics(&mut || drop(MANY.alloc_contiguous(2)));
    panics(&mut || drop(MANY.alloc_scatter::<3>(3)));
    panics(&mut || drop(MANY.alloc_scatter::<40>(40)));
}
