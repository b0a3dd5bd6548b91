//! What needs a host: panics that unwind, and other threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use mem_blocks::{Bitmap, Block, Group, MemBlocks, RawMemBlocks, Run, Scatter, mem_blocks};

#[test]
fn a_panic_in_the_function_of_alloc_with_gives_the_block_back() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 1>;
    assert!(catch_unwind(|| POOL.alloc_with(|| panic!("on purpose"))).is_err());
    assert_eq!(POOL.used(), 0);
}

#[test]
fn the_last_free_block_is_found_where_the_summary_of_the_summary_is_of_several_words() {
    const BLOCKS: usize = 40_000;
    #[mem_blocks]
    static POOL: MemBlocks<u8, BLOCKS>;
    for last in [0, 31, 32, 1023, 1024, 32_767, 32_768, BLOCKS - 1] {
        let below = POOL.claim(..last).unwrap();
        let above = POOL.claim(last + 1..).unwrap();
        POOL.raw().assert_valid();
        let block = POOL.alloc().unwrap();
        assert_eq!(Block::index(&block), last);
        POOL.raw().assert_valid();
        assert!(POOL.alloc().is_err());
        drop((below, block, above));
        POOL.raw().assert_valid();
        assert_eq!(POOL.used(), 0);
    }
}

#[test]
fn a_panic_in_a_value_s_drop_gives_the_blocks_back_all_the_same() {
    struct Bomb(u32);
    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(self.0 != 1, "on purpose");
        }
    }
    #[mem_blocks]
    static POOL: MemBlocks<Bomb, 40>;
    let block = POOL.alloc_with(|| Bomb(1)).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| drop(block))).is_err());
    assert_eq!(POOL.used(), 0);

    let run = POOL.alloc_contiguous(35).unwrap();
    let run = Run::write_with(run, |place| Bomb(u32::from(place == 3)));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(run))).is_err());
    assert_eq!(POOL.used(), 0);

    let scatter = POOL.alloc_scatter::<40>(35).unwrap();
    let scatter = Scatter::write_with(scatter, |place| Bomb(u32::from(place == 3)));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(scatter))).is_err());
    assert_eq!(POOL.used(), 0);
}

#[test]
fn alloc_with_calls_its_function_outside_the_lock() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 2>;
    let other_thread = || {
        // Another thread gets the lock while the function runs.
        thread::spawn(|| POOL.alloc_with(|| 2).map(|block| *block)).join().unwrap().unwrap()
    };
    assert_eq!(*POOL.alloc_with(other_thread).unwrap(), 2);
}

#[test]
fn the_choice_is_made_outside_the_lock() {
    #[mem_blocks]
    static MEMBER: MemBlocks<u8, 2>;
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a choice function")]
    fn on_another_thread(
        members: &[&'static RawMemBlocks],
        (): &(),
    ) -> Option<&'static RawMemBlocks> {
        // Another thread gets the lock while the choice is being made.
        thread::spawn(|| MEMBER.used()).join().ok()?;
        members.first().copied()
    }
    static GROUP: Group<(), 1> = Group::new([MEMBER.raw()], on_another_thread);
    assert!(GROUP.alloc(&()).is_ok());
}

#[test]
fn a_handle_can_be_dropped_on_another_thread() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;
    let block = POOL.alloc_zeroed().unwrap();
    thread::spawn(move || drop(block)).join().unwrap();
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_bitmap_prints_how_many_words_it_has() {
    assert_eq!(format!("{:?}", Bitmap::<2>::new()), "Bitmap { words: 2, .. }");
}
