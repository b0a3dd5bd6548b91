//! Several threads at once: all or nothing, nothing handed out twice, nothing lost.

#![allow(unsafe_code, reason = "freeing by address")]

use std::ptr;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::thread;

use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};

const THREADS: u32 = 4;

/// A sequence of numbers for one thread, the same in every run (xorshift).
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, bound: u32) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        usize::try_from(self.0 % bound).unwrap()
    }
}

#[test]
fn of_two_callers_with_room_for_one_exactly_one_succeeds() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 40>;
    static SUCCESSES: AtomicUsize = AtomicUsize::new(0);
    for _ in 0..2000 {
        // Room for 21 blocks: for one request of 11 or more, never for two.
        let _held = POOL.claim(..19).unwrap();
        let barrier = Barrier::new(2);
        SUCCESSES.store(0, Relaxed);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    barrier.wait();
                    let taken = POOL.alloc_array::<11>();
                    SUCCESSES.fetch_add(usize::from(taken.is_ok()), Relaxed);
                    barrier.wait();
                    drop(taken);
                });
            }
        });
        assert_eq!(SUCCESSES.load(Relaxed), 1);
    }
    assert_eq!(POOL.used(), 0);
}

#[test]
fn no_block_is_handed_out_twice_or_lost_whatever_the_operation() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 70>;
    /// Who has each block: 0 for nobody.
    static OWNERS: [AtomicU32; 70] = [const { AtomicU32::new(0) }; 70];

    fn index_of(block: *mut u32) -> usize {
        let start = POOL.raw().buffer().cast::<u8>();
        (block.addr() - start.addr()) / size_of::<u32>()
    }
    fn stamp(block: *mut u32, owner: u32) {
        let index = index_of(block);
        assert_eq!(OWNERS[index].swap(owner, Relaxed), 0, "block {index} has two owners");
    }
    fn unstamp(block: *mut u32, owner: u32) {
        let index = index_of(block);
        assert_eq!(OWNERS[index].swap(0, Relaxed), owner, "block {index} changed owners");
    }
    fn work(owner: u32) {
        let mut numbers = Numbers(owner.wrapping_mul(0x9e37_79b9));
        for _ in 0..20_000 {
            match numbers.below(5) {
                0 => {
                    let Ok(block) = POOL.alloc_with(|| owner) else {
                        continue;
                    };
                    stamp(Block::as_ptr(&block), owner);
                    assert_eq!(*block, owner);
                    unstamp(Block::as_ptr(&block), owner);
                }
                1 => {
                    let Ok(scatter) = POOL.alloc_scatter::<40>(numbers.below(41)) else {
                        continue;
                    };
                    let mut scatter = Scatter::write_with(scatter, |_| owner);
                    scatter.iter_mut().for_each(|block| stamp(block, owner));
                    assert!(scatter.iter().all(|&block| block == owner));
                    scatter.iter_mut().for_each(|block| unstamp(block, owner));
                }
                2 => {
                    let longest = numbers.below(50) + 1;
                    let Ok(run) = POOL.alloc_contiguous_in(1..=longest) else {
                        continue;
                    };
                    let mut run = Run::write_with(run, |_| owner);
                    run.iter_mut().for_each(|block| stamp(block, owner));
                    let mut tail = Run::split_off(&mut run, longest / 2);
                    run.iter_mut().for_each(|block| unstamp(block, owner));
                    drop(run);
                    tail.iter_mut().for_each(|block| unstamp(block, owner));
                }
                3 => {
                    let start = numbers.below(60);
                    let Ok(mut run) = POOL.claim(start..start + 10) else {
                        continue;
                    };
                    run.iter_mut().for_each(|block| stamp(block.as_mut_ptr(), owner));
                    run.iter_mut().for_each(|block| unstamp(block.as_mut_ptr(), owner));
                }
                _ => {
                    let mut blocks = [ptr::null_mut(); 20];
                    let blocks = &mut blocks[..numbers.below(21)];
                    if POOL.raw().alloc(blocks).is_err() {
                        continue;
                    }
                    for block in &*blocks {
                        stamp(block.cast(), owner);
                    }
                    for block in &*blocks {
                        unstamp(block.cast(), owner);
                    }
                    blocks.reverse();
                    // SAFETY: taken above, and used by nobody any more.
                    unsafe { POOL.raw().free(blocks) }.unwrap();
                }
            }
        }
    }

    thread::scope(|scope| {
        for owner in 1..=THREADS {
            scope.spawn(move || work(owner));
        }
    });
    assert_eq!(POOL.used(), 0);
    POOL.raw().assert_valid();
}

#[test]
fn a_refused_free_is_never_seen_half_done() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 40>;
    let mut blocks = [ptr::null_mut(); 40];
    POOL.raw().alloc(&mut blocks).unwrap();
    let list = blocks.map(<*mut u8>::addr);
    thread::scope(|scope| {
        let refuse = scope.spawn(move || {
            let mut list = list.map(ptr::without_provenance_mut);
            list[39] = ptr::null_mut();
            for _ in 0..20_000 {
                // SAFETY: nothing accesses the blocks; the call is refused.
                assert!(unsafe { POOL.raw().free(&list) }.is_err());
            }
        });
        while !refuse.is_finished() {
            assert_eq!(POOL.used(), 40);
            assert!(POOL.alloc().is_err());
        }
    });
}
