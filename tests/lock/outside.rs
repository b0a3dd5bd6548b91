//! Code of the user's never runs under the lock: closures, `Drop`, choice functions, listeners, formatting.

use std::fmt::{self, Write};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};

use mem_blocks::{
    AllocError, Block, Event, Group, GroupError, MemBlocks, RawMemBlocks, Run, Scatter, choose,
    mem_blocks,
};
use mem_blocks_lock_tests::{EXCHANGE, alone, assert_unlocked, takes, takes_up_to};

/// A value that looks at the lock whenever code of its own runs.
struct Watch(u8);

impl Watch {
    fn new(value: usize) -> Self {
        assert_unlocked();
        Watch(value.to_le_bytes()[0])
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        assert_unlocked();
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert_unlocked();
        self.0.fmt(f)
    }
}

#[test]
fn values_are_made_outside_the_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<Watch, 40>;

    let _alone = alone();
    let block = takes(1, || POOL.alloc_with(|| Watch::new(1))).unwrap();
    let run = POOL.alloc_contiguous(10).unwrap();
    let run = takes(0, || Run::write_with(run, Watch::new));
    let scatter = POOL.alloc_scatter::<10>(10).unwrap();
    let scatter = takes(0, || Scatter::write_with(scatter, Watch::new));
    assert_eq!((block.0, run[9].0, scatter.iter().len()), (1, 9, 10));
}

#[test]
fn values_are_dropped_outside_the_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<Watch, 40>;

    let _alone = alone();
    let block = POOL.alloc_with(|| Watch::new(1)).unwrap();
    takes(1, || drop(block));
    let block = POOL.alloc_with(|| Watch::new(1)).unwrap();
    takes(1, || drop(Block::into_inner(block)));
    let run = Run::write_with(POOL.alloc_contiguous(35).unwrap(), Watch::new);
    takes(2, || drop(run));
    let scatter = Scatter::write_with(POOL.alloc_scatter::<35>(35).unwrap(), Watch::new);
    takes_up_to(35, || drop(scatter));
}

#[test]
fn a_value_can_allocate_while_it_is_made_and_while_it_is_dropped() {
    #[mem_blocks]
    static OUTER: MemBlocks<Nested, 4>;
    #[mem_blocks]
    static INNER: MemBlocks<Watch, 4>;

    struct Nested(Block<Watch>);

    impl Drop for Nested {
        fn drop(&mut self) {
            takes(2 * EXCHANGE, || INNER.alloc().map(drop)).unwrap();
            assert_eq!(self.0.0, 7);
        }
    }

    let inner = || INNER.alloc_with(|| Watch::new(7)).unwrap();
    let outer = takes(2 * EXCHANGE, || OUTER.alloc_with(|| Nested(inner()))).unwrap();
    takes((2 + 1 + 1) * EXCHANGE, || drop(outer));
    assert_eq!((OUTER.used(), INNER.used()), (0, 0));
}

#[test]
fn members_are_chosen_outside_the_lock() {
    #[mem_blocks]
    static SMALL: MemBlocks<[u8; 12], 4>;
    #[mem_blocks]
    static LARGE: MemBlocks<[u8; 100], 4>;

    struct Request {
        header: usize,
        payload: usize,
    }

    fn watched(
        members: &[&'static RawMemBlocks],
        request: &Request,
    ) -> Option<&'static RawMemBlocks> {
        assert_unlocked();
        let chosen = choose::smallest_fit(members, &(request.header + request.payload));
        assert_unlocked();
        chosen
    }

    static GROUP: Group<Request, 2> = Group::new([SMALL.raw(), LARGE.raw()], watched);

    let small = Request { header: 4, payload: 8 };
    let large = Request { header: 4, payload: 9 };
    let block = takes(EXCHANGE, || GROUP.alloc(&small)).unwrap();
    let blocks = takes(EXCHANGE, || GROUP.alloc_array::<3>(&small)).unwrap();
    let run = takes(EXCHANGE, || GROUP.alloc_contiguous(&large, 4)).unwrap();
    let exhausted = GroupError::Alloc(AllocError::Exhausted);
    assert_eq!(takes_up_to(2 * EXCHANGE, || GROUP.alloc(&small)).unwrap_err(), exhausted);
    takes(5 * EXCHANGE, || drop((block, blocks, run)));
}

#[test]
fn values_are_formatted_outside_the_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<Watch, 40>;

    let _alone = alone();
    let block = POOL.alloc_with(|| Watch::new(1)).unwrap();
    let run = Run::write_with(POOL.alloc_contiguous(3).unwrap(), Watch::new);
    let scatter = Scatter::write_with(POOL.alloc_scatter::<2>(2).unwrap(), Watch::new);
    let text = takes(0, || format!("{block:?} {run:?} {scatter:?}"));
    assert_eq!(text, "1 [0, 1, 2] [0, 1]");
}

/// Where text goes, written by somebody else: it may do anything, and wait for the lock.
struct Watched(String);

impl fmt::Write for Watched {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        assert_unlocked();
        self.0.push_str(text);
        Ok(())
    }
}

#[test]
fn pools_and_handles_are_written_outside_the_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<Watch, 40>;
    #[mem_blocks]
    static ONE_WORD: MemBlocks<Watch, 4>;

    let _alone = alone();
    let _run = POOL.claim(3..38).unwrap();
    let mut text = Watched(String::new());
    write!(text, "{POOL:?} {:?} {ONE_WORD:?} {:?}", POOL.raw(), ONE_WORD.raw()).unwrap();
    assert!(text.0.contains("used: 35"), "{}", text.0);
}

#[test]
fn listeners_are_told_outside_the_lock() {
    static TOLD: AtomicUsize = AtomicUsize::new(0);

    fn watch(pool: &RawMemBlocks, _: Event<'_>) {
        assert_unlocked();
        TOLD.fetch_add(1, Ordering::Relaxed);
        // The lock is free, so that it can be taken.
        black_box(pool.largest_free_run());
    }

    fn use_all<const N: usize>(pool: &'static MemBlocks<u8, N>) {
        let before = TOLD.load(Ordering::Relaxed);
        drop(pool.alloc());
        drop(pool.alloc_array::<2>());
        drop(pool.alloc_scatter::<N>(N));
        drop(pool.alloc_contiguous(N));
        drop(pool.claim(..));
        assert!(pool.claim(..=N).is_err());
        assert!(pool.alloc_contiguous(N + 1).is_err());
        let held = pool.claim(..);
        assert!(pool.alloc().is_err());
        drop(held);
        assert_eq!(TOLD.load(Ordering::Relaxed) - before, 16);
    }

    #[mem_blocks(listener = watch)]
    static ONE: MemBlocks<u8, 4>;
    #[mem_blocks(listener = watch)]
    static MANY: MemBlocks<u8, 40>;

    let _alone = alone();
    use_all(&ONE);
    use_all(&MANY);
}
