//! Handles that are given values, and handles that end otherwise than by being dropped: of every block and every run that
//! is free, and of every number of blocks.

use std::{
    array,
    fmt::{Arguments, Debug},
    mem::MaybeUninit,
    ops::Range,
    ptr,
};

use mem_blocks::{Block, MemBlocks, RawMemBlocks, Run, Scatter};

use crate::{
    model::{MOST, State},
    subject::{Content, SIZE, Subject},
};

type Uninit = MaybeUninit<Content>;

/// All bits clear.
const ZEROS: Content = [0; SIZE];

pub(crate) fn check<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    subject.in_every_state(|subject| {
        let state = subject.state();
        for index in (0..N).filter(|&index| !state.is_taken(index)) {
            block(pool, subject, index);
            block(pool.raw(), subject, index);
        }
        for start in 0..=N {
            for end in (start..=N).filter(|&end| pool.is_free(start..end)) {
                run(pool, pool, subject, start..end);
                run(pool, pool.raw(), subject, start..end);
            }
        }
        for count in 0..=state.available() {
            scatter(pool, subject, count);
        }
    });
}

/// A value for each place in a handle, other than zeros; another each time.
fn value(time: u8, place: usize) -> Content {
    array::from_fn(|byte| time + u8::try_from(SIZE * place + byte).expect("there are few"))
}

/// One operation that gives an owner: what is seen by it, and the state afterwards.
fn owner<H, R: PartialEq + Debug>(
    subject: &mut Subject,
    what: Arguments<'_>,
    expected: &R,
    after: State,
    operation: impl FnOnce() -> H,
    look: impl FnOnce(&H) -> R,
) -> H {
    let mut owner = None;
    subject.case(what, expected, after, || {
        let given = operation();
        let seen = look(&given);
        owner = Some(given);
        seen
    });
    owner.expect("the case has passed")
}

/// The same of blocks that were free, and the drop of their owner.
fn owner_of<H, R: PartialEq + Debug>(
    subject: &mut Subject,
    how: &str,
    blocks: &[usize],
    expected: &R,
    operation: impl FnOnce() -> H,
    look: impl FnOnce(&H) -> R,
) {
    let taken = subject.state().with(blocks);
    let what = format_args!("{how} of {blocks:?}");
    let owner = owner(subject, what, expected, taken, operation, look);
    subject.dropping(format_args!("drop of {blocks:?}"), owner, blocks);
}

/// A block that is taken by address, and whose owner is made with what `from_raw` is given.
fn block(given: impl Into<&'static RawMemBlocks> + Copy, subject: &mut Subject, index: usize) {
    let (free, pool, address) = (subject.state(), subject.pool(), subject.address(index));
    let taken = free.with(&[index]);
    let look = |block: &Block<Uninit>| {
        assert!(ptr::eq(Block::pool(block), pool), "the pool");
        (Block::index(block), Block::as_ptr(block).cast())
    };
    let take = |subject: &mut Subject| {
        let make = || {
            assert_eq!(pool.claim(address, 1), Ok(()));
            // SAFETY: claimed just now, for this handle alone, which wants no value.
            unsafe { Block::from_raw(given, address.cast()) }
        };
        let what = format_args!("from_raw of block {index}");
        owner(subject, what, &(index, address), taken, make, look)
    };
    let content = |block: &Block<Content>| **block;

    let written = value(1, 0);
    let taken_block = take(subject);
    let what = format_args!("write of block {index}");
    let block =
        owner(subject, what, &written, taken, || Block::write(taken_block, written), content);
    let what = format_args!("into_raw of block {index}");
    subject.case(what, &address, taken, || Block::into_raw(block).cast());
    let what = format_args!("from_raw of block {index}, written");
    // SAFETY: given up just now.
    let make = || unsafe { Block::from_raw(given, address.cast()) };
    let block = owner(subject, what, &written, taken, make, content);
    subject.dropping(format_args!("drop of block {index}"), block, &[index]);

    let taken_block = take(subject);
    let what = format_args!("write_zeroed of block {index}");
    let block = owner(subject, what, &ZEROS, taken, || Block::write_zeroed(taken_block), content);
    let what = format_args!("into_inner of block {index}");
    subject.case(what, &ZEROS, free, || Block::into_inner(block));

    let written = value(2, 0);
    let mut taken_block = take(subject);
    taken_block.write(written);
    let what = format_args!("assume_init of block {index}");
    // SAFETY: written just now.
    let make = || unsafe { Block::assume_init(taken_block) };
    let block = owner(subject, what, &written, taken, make, content);
    let what = format_args!("leak of block {index}");
    subject.case(what, &(address, written), taken, || {
        let value = Block::leak(block);
        (ptr::from_mut(value).cast(), *value)
    });
    give_back(subject, &[index], free);
}

/// A run, whose owner is made again with what `from_raw` is given.
fn run<const N: usize>(
    pool: &'static MemBlocks<Content, N>,
    given: impl Into<&'static RawMemBlocks>,
    subject: &mut Subject,
    range: Range<usize>,
) {
    let (free, address, count) = (subject.state(), subject.address(range.start), range.len());
    let blocks: Vec<usize> = range.clone().collect();
    let taken = free.with(&blocks);
    let take = || pool.claim(range.clone()).expect("they are free");
    let content = |run: &Run<Content>| {
        assert!(Run::range(run).eq(blocks.iter().copied()), "the range");
        run.to_vec()
    };
    // An empty run is nowhere.
    let is_there = |first: *mut Content| count == 0 || first.cast() == address;
    let values = |time| (0..count).map(|place| value(time, place)).collect::<Vec<_>>();

    let what = format_args!("write_with of {range:?}");
    let make = || Run::write_with(take(), |place| value(1, place));
    let run = owner(subject, what, &values(1), taken, make, content);
    let mut given_up = None;
    subject.case(format_args!("into_raw of {range:?}"), &(true, count), taken, || {
        let run = Run::into_raw(run);
        given_up = Some(run);
        (is_there(run.cast()), run.len())
    });
    let given_up = given_up.expect("the case has passed");
    let what = format_args!("from_raw of {range:?}");
    // SAFETY: given up just now.
    let make = || unsafe { Run::from_raw(given, given_up) };
    let run = owner(subject, what, &values(1), taken, make, content);
    subject.dropping(format_args!("drop of {range:?}"), run, &blocks);

    let make = || Run::write_zeroed(take());
    owner_of(subject, "write_zeroed", &blocks, &vec![ZEROS; count], make, content);

    let what = format_args!("assume_init of {range:?}");
    let make = || {
        let mut run = take();
        run.iter_mut().enumerate().for_each(|(place, block)| _ = block.write(value(2, place)));
        // SAFETY: written just now.
        unsafe { Run::assume_init(run) }
    };
    let run = owner(subject, what, &values(2), taken, make, content);
    subject.case(format_args!("leak of {range:?}"), &(true, values(2)), taken, || {
        let values = Run::leak(run);
        (is_there(values.as_mut_ptr()), values.to_vec())
    });
    give_back(subject, &blocks, free);
}

fn scatter<const N: usize>(
    pool: &'static MemBlocks<Content, N>,
    subject: &mut Subject,
    count: usize,
) {
    let free = subject.state();
    let blocks = free.alloc(count).expect("there are as many");
    let take = || pool.alloc_scatter::<MOST>(count).expect("there are as many");
    let addresses: Vec<*mut u8> = blocks.iter().map(|&block| subject.address(block)).collect();
    let content = |scatter: &Scatter<Content, MOST>| {
        let found = scatter.iter().map(|value| ptr::from_ref(value).cast_mut().cast());
        assert!(found.eq(addresses.iter().copied()), "the blocks");
        scatter.runs().flatten().copied().collect::<Vec<_>>()
    };
    let values = |time| (0..count).map(|place| value(time, place)).collect::<Vec<_>>();

    let make = || Scatter::write_with(take(), |place| value(1, place));
    owner_of(subject, "write_with", &blocks, &values(1), make, content);
    let make = || Scatter::write_zeroed(take());
    owner_of(subject, "write_zeroed", &blocks, &vec![ZEROS; count], make, content);
    let make = || {
        let mut scatter = take();
        for (place, block) in scatter.runs_mut().flatten().enumerate() {
            block.write(value(2, place));
        }
        // SAFETY: written just now.
        unsafe { Scatter::assume_init(scatter) }
    };
    owner_of(subject, "assume_init", &blocks, &values(2), make, content);
}

/// Gives back blocks that no handle owns any more: by their addresses, and by that of the first one.
fn give_back(subject: &mut Subject, blocks: &[usize], after: State) {
    let (before, pool): (State, &RawMemBlocks) = (subject.state(), subject.pool());
    let addresses: Vec<*mut u8> = blocks.iter().map(|&block| subject.address(block)).collect();
    subject.case(format_args!("free of leaked {blocks:?}"), &Ok(()), after, || {
        // SAFETY: nothing uses the content of a block here any more.
        unsafe { pool.free(&addresses) }
    });
    subject.put(before);
    let first = addresses.first().copied().unwrap_or_default();
    subject.case(format_args!("free_contiguous of leaked {blocks:?}"), &Ok(()), after, || {
        // SAFETY: as above.
        unsafe { pool.free_contiguous(first, blocks.len()) }
    });
}
