//! All that can be done with blocks but to use them: each operation, served and refused. Of a pool's buffer, none of it reads or writes a byte: the
//! pools may lie where any access is a fault, and there these tests are run.
//!
//! The operations that do write are those that give a `Block<T>`, `Run<T>` or `Scatter<T>` with values: `alloc_with`,
//! `alloc_zeroed`, `write` and its like, and `into_inner`, which reads.

use core::fmt::{self, Write};
use core::mem;
use core::ptr;

use mem_blocks::{
    AllocError, Block, ClaimError, FreeErrorKind, Group, GroupBlock, GroupError, GroupRun,
    MemBlocks, RawMemBlocks, Run,
};

/// Does all of it, with two pools of at least 40 blocks and the group of them, whose blocks are `small` and `large` bytes.
///
/// # Panics
///
/// If a call gives what it should not.
pub fn everything<S, L, const N: usize, const M: usize>(
    small: &'static MemBlocks<S, N>,
    large: &'static MemBlocks<L, M>,
    group: &'static Group<usize, 2>,
) {
    typed(small);
    typed(large);
    by_address(small.raw());
    by_address(large.raw());
    grouped(small.raw(), large.raw(), group);
}

/// Takes what is printed, and prints it nowhere.
struct Nowhere(usize);

impl Write for Nowhere {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

fn format(value: &dyn fmt::Debug) {
    let mut nowhere = Nowhere(0);
    write!(nowhere, "{value:?}").unwrap();
    assert!(nowhere.0 > 0);
}

fn typed<T, const N: usize>(pool: &'static MemBlocks<T, N>) {
    let one = pool.alloc().unwrap();
    let two = pool.alloc_array::<2>().unwrap();
    let mut some = pool.alloc_scatter::<9>(5).unwrap();
    assert_eq!(some.runs().map(<[_]>::len).sum::<usize>(), 5);
    assert_eq!(some.runs_mut().map(|run| run.len()).sum::<usize>(), 5);
    assert_eq!((some.iter().len(), some.iter_mut().rev().len()), (5, 5));
    assert!(some.len() == 5 && !some.is_empty() && ptr::eq(some.pool(), pool.raw()));
    let mut run = pool.alloc_contiguous(4).unwrap();
    let rest = Run::split_off(&mut run, 3);
    assert_eq!(Run::range(&run).end, Run::range(&rest).start);
    assert!(ptr::eq(Run::pool(&run), pool.raw()));
    assert_eq!(Run::as_ptr(&rest).addr() - Run::as_ptr(&run).addr(), 3 * size_of::<T>());
    let longest = pool.alloc_contiguous_in(2..=9).unwrap();
    let last = pool.claim(N - 1..N).unwrap();
    assert_eq!(pool.claim(N - 2..).unwrap_err(), ClaimError::Taken);
    assert_eq!(pool.claim(N..=N).unwrap_err(), ClaimError::OutOfRange);
    assert!(!pool.is_free(N - 2..N) && pool.is_free(N - 2..N - 1));
    assert!(pool.largest_free_run() > 10);
    assert_eq!(pool.alloc_contiguous(N).unwrap_err(), AllocError::Exhausted);
    assert_eq!(pool.alloc_scatter::<4>(5).unwrap_err(), AllocError::ExceedsCapacity);
    assert_eq!((pool.used(), pool.available()), (22, N - 22));
    format(&(pool, &longest, &one, &some));
    assert_eq!(pool.alloc_array::<0>().unwrap().len(), 0);
    assert!(pool.alloc_contiguous(0).unwrap().is_empty() && pool.is_free(0..0));

    // Into addresses and back; forgotten and leaked, then freed by address.
    let (index, address) = (Block::index(&one), Block::as_ptr(&one));
    assert_eq!(Block::into_raw(one), address);
    // SAFETY: from `into_raw` in the line above.
    let one = unsafe { Block::from_raw(pool, address) };
    assert!(Block::index(&one) == index && ptr::eq(Block::pool(&one), pool.raw()));
    mem::forget(one);
    // SAFETY: forgotten in the line above.
    unsafe { pool.raw().free(&[address.cast()]) }.unwrap();
    let blocks = Run::into_raw(rest);
    // SAFETY: from `into_raw` in the line above.
    let rest = unsafe { Run::from_raw(pool, blocks) };
    let leaked = Run::leak(longest);
    let (first, count) = (leaked.as_mut_ptr().cast(), leaked.len());
    // SAFETY: nothing uses the reference after this.
    unsafe { pool.raw().free_contiguous(first, count) }.unwrap();
    let block: *mut _ = Block::leak(pool.alloc().unwrap());
    // SAFETY: as above.
    unsafe { pool.raw().free(&[block.cast()]) }.unwrap();

    // Handles of values that nobody has written, of a type that is any bytes.
    // SAFETY: `MaybeUninit<T>` needs no value.
    let block = pool.alloc().map(|block| unsafe { Block::assume_init(into_nested(pool, block)) });
    let filled: Block<mem::MaybeUninit<T>> = block.unwrap();
    drop((filled, two, run, some, rest, last));
    assert_eq!((pool.used(), pool.largest_free_run()), (0, N));
}

/// The same block, for a `MaybeUninit` in a `MaybeUninit`.
fn into_nested<T, const N: usize>(
    pool: &'static MemBlocks<T, N>,
    block: Block<mem::MaybeUninit<T>>,
) -> Block<mem::MaybeUninit<mem::MaybeUninit<T>>> {
    // SAFETY: from `into_raw`; the types have one layout, and any bytes are a value of both.
    unsafe { Block::from_raw(pool, Block::into_raw(block).cast()) }
}

fn by_address(pool: &'static RawMemBlocks) {
    let mut blocks = [ptr::null_mut(); 7];
    pool.alloc(&mut blocks).unwrap();
    let run = pool.alloc_contiguous(20).unwrap().as_ptr();
    assert!(pool.owns(run) && !pool.owns(pool.buffer().cast::<u8>().wrapping_sub(1)));
    assert!(!pool.is_region_free(run, 1) && pool.is_region_free(ptr::null(), 0));
    assert_eq!(pool.buffer().len(), pool.block_size() * pool.num_blocks());
    assert_eq!((pool.used(), pool.available()), (27, pool.num_blocks() - 27));
    assert_eq!(pool.largest_free_run(), pool.num_blocks() - 27);

    let refused = |list: &[*mut u8]| {
        // SAFETY: the call is refused; nobody uses the blocks.
        unsafe { pool.free(list) }.unwrap_err().kind()
    };
    let inner = run.wrapping_add(1);
    assert_eq!(refused(&[blocks[0], inner]), FreeErrorKind::NotBlockStart);
    assert_eq!(refused(&[blocks[0], ptr::null_mut()]), FreeErrorKind::NotInBuffer);
    assert_eq!(refused(&[blocks[0], blocks[1], blocks[0]]), FreeErrorKind::ListedTwice);
    assert_eq!(pool.claim(run, 1), Err(ClaimError::Taken));
    assert_eq!(pool.claim(inner, 1), Err(ClaimError::NotBlockStart));
    assert_eq!(pool.claim(run, usize::MAX), Err(ClaimError::OutOfRange));
    assert_eq!(pool.claim(ptr::null_mut(), 1), Err(ClaimError::OutOfRange));
    assert_eq!(pool.alloc_contiguous(usize::MAX), Err(AllocError::ExceedsCapacity));
    assert_eq!(pool.alloc(&mut []), Ok(()));
    assert_eq!(pool.alloc_contiguous(pool.num_blocks()), Err(AllocError::Exhausted));
    // SAFETY: allocated above, and never used.
    unsafe { pool.free(&blocks) }.unwrap();
    assert_eq!(refused(&[blocks[0]]), FreeErrorKind::NotAllocated);
    // SAFETY: the call is refused, for the block behind the run.
    assert!(unsafe { pool.free_contiguous(run, 21) }.is_err());
    // SAFETY: allocated above, and never used.
    unsafe { pool.free_contiguous(run, 20) }.unwrap();
    pool.claim(run, 20).unwrap();
    // SAFETY: claimed in the line above, and never used.
    unsafe { pool.free_contiguous(run, 20) }.unwrap();
    pool.assert_valid();
    format(&pool);
    assert_eq!(pool.used(), 0);
}

fn grouped(
    small: &'static RawMemBlocks,
    large: &'static RawMemBlocks,
    group: &'static Group<usize, 2>,
) {
    let sizes = (small.block_size(), large.block_size());
    let one = group.alloc(&sizes.0).unwrap();
    let two = group.alloc_array::<2>(&sizes.0).unwrap();
    let run = group.alloc_contiguous(&sizes.1, 40).unwrap();
    assert_eq!((small.used(), large.used()), (3, 40));
    assert!(ptr::eq(GroupBlock::member(&one), small) && one.len() == sizes.0);
    assert!(GroupRun::member(&run).is_some_and(|member| ptr::eq(member, large)));
    assert_eq!((GroupRun::count(&run), run.len()), (40, 40 * sizes.1));
    format(&(&one, &run, group));
    assert_eq!(group.members().len(), 2);
    assert_eq!(group.alloc(&usize::MAX).unwrap_err(), GroupError::NotChosen);
    let too_many = group.alloc_contiguous(&sizes.1, 1 + large.num_blocks()).unwrap_err();
    assert_eq!(too_many, GroupError::Alloc(AllocError::ExceedsCapacity));

    let address = GroupBlock::into_raw(one);
    // SAFETY: from `into_raw` in the line above.
    let one = unsafe { GroupBlock::from_raw(small, address) };
    let first = GroupRun::into_raw(run);
    // SAFETY: from `into_raw` in the line above, of 40 blocks.
    unsafe { large.free_contiguous(first, 40) }.unwrap();

    let other = GroupBlock::into_raw(group.alloc(&sizes.1).unwrap());
    let list = [GroupBlock::into_raw(one), other, ptr::null_mut()];
    // SAFETY: the call is refused, for its last entry.
    assert_eq!(unsafe { group.free(&list) }.unwrap_err().entry(), 2);
    // SAFETY: allocated above, and never used.
    unsafe { group.free(&list[..2]) }.unwrap();
    drop(two);
    assert_eq!((small.used(), large.used()), (0, 0));
}
