//! Several threads at once: all or nothing, nothing handed out twice, nothing lost.

#![allow(unsafe_code, reason = "freeing by address")]

use std::ptr;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use mem_blocks::{MemBlocks, mem_blocks};
use mem_blocks_bodies::storm::{self, Worker};

const THREADS: u32 = 4;

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
    let workers: Vec<Worker> = thread::scope(|scope| {
        let threads = (1..=THREADS).map(|owner| {
            scope.spawn(move || {
                let mut worker = Worker::new(owner);
                while worker.done().operations < 250_000 {
                    worker.step();
                }
                worker.finish();
                worker
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    storm::assert_all_back();
    for worker in workers {
        // Else the threads had nothing to do with each other.
        let done = worker.done();
        assert!(done.refused > 1000 && done.passed_on > 1000, "{done:?}");
    }
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
