//! What `RawMemBlocks` does: blocks by address, right ones and wrong ones.

use std::ptr;

use crate::{
    model::{self, MOST, Place, State},
    subject::{SIZE, Subject, every_list},
};

/// An address, and what lies there.
type Entry = (*mut u8, Place);

/// `other` is a block of another pool.
pub(crate) fn check(subject: &mut Subject, other: *mut u8) {
    let near = near(subject);
    let bad = bad(subject, other);
    subject.in_every_state(|subject| {
        alloc(subject);
        for &address in near.iter().chain(&bad) {
            owns(subject, address);
            for count in subject.counts() {
                regions(subject, address, count);
            }
        }
    });
}

/// `free` of every list of blocks and two bad addresses, up to one entry more than there are blocks (of the largest pool,
/// as many: with one more, they take eight times as long); and of every list of up to three blocks and all kinds of bad
/// addresses.
pub(crate) fn check_lists(subject: &mut Subject, other: *mut u8) {
    let blocks = subject.state().blocks();
    let addresses = (0..blocks).map(|block| subject.address(block));
    let two_bad = [subject.address(blocks - 1).wrapping_add(1), subject.address(blocks)];
    let with_place = |address: *mut u8| (address, subject.place(address));
    let few: Vec<Entry> = addresses.clone().chain(two_bad).map(with_place).collect();
    let all: Vec<Entry> = addresses.chain(bad(subject, other)).map(with_place).collect();
    subject.in_every_state(|subject| {
        every_list(&few, MOST.min(blocks + 1), &mut |list| free(subject, list));
        every_list(&all, 3, &mut |list| free(subject, list));
    });
}

/// Every byte of the buffer, and of more than a block before and behind it.
fn near(subject: &Subject) -> Vec<*mut u8> {
    let (start, end) = (subject.address(0), subject.address(subject.state().blocks()));
    let size = end.addr() - start.addr();
    let margin = SIZE + 1;
    (0..size + 2 * margin).map(|at| start.wrapping_sub(margin).wrapping_add(at)).collect()
}

/// A bad address of every kind.
fn bad(subject: &Subject, other: *mut u8) -> Vec<*mut u8> {
    let (start, end) = (subject.address(0), subject.address(subject.state().blocks()));
    vec![
        ptr::null_mut(),
        start.wrapping_sub(SIZE),
        start.wrapping_sub(1),
        start.wrapping_add(1),
        end.wrapping_sub(SIZE / 2),
        end,
        // As far as can be: with the highest bit of the distance, with a distance that is all but a block around all
        // addresses, and with one that is a multiple of the block and overflows.
        start.wrapping_add(1 << (usize::BITS - 1)),
        start.wrapping_add(1 << (usize::BITS - 2)),
        start.wrapping_add(usize::MAX / SIZE * SIZE),
        ptr::without_provenance_mut(usize::MAX),
        other,
    ]
}

fn alloc(subject: &mut Subject) {
    let (state, pool) = (subject.state(), subject.pool());
    for count in 0..=state.blocks() + 2 {
        let before: Vec<*mut u8> = (1..=count).map(ptr::without_provenance_mut).collect();
        let expected = state.alloc(count);
        let (result, after, out) = match &expected {
            Ok(blocks) => {
                let addresses = blocks.iter().map(|&block| subject.address(block)).collect();
                (Ok(()), state.with(blocks), addresses)
            }
            Err(error) => (Err(*error), state, before.clone()),
        };
        subject.case(format_args!("raw alloc of {count}"), &(result, out), after, || {
            let mut out = before;
            (pool.alloc(&mut out), out)
        });
        subject.put(state);
    }
    for count in subject.counts() {
        let expected = state.alloc_contiguous(count);
        let after = expected.as_ref().map_or(state, |blocks| state.with(blocks));
        let address =
            expected.map(|blocks| subject.address(blocks.first().copied().unwrap_or_default()));
        subject.case(format_args!("raw alloc_contiguous({count})"), &address, after, || {
            pool.alloc_contiguous(count).map(ptr::NonNull::as_ptr)
        });
        subject.put(state);
    }
}

fn owns(subject: &mut Subject, address: *mut u8) {
    let (state, pool) = (subject.state(), subject.pool());
    let expected = subject.place(address) != Place::Outside;
    subject.case(format_args!("owns({address:p})"), &expected, state, || pool.owns(address));
}

fn regions(subject: &mut Subject, first: *mut u8, count: usize) {
    let (state, pool) = (subject.state(), subject.pool());
    let place = subject.place(first);

    let expected = state.claim_at(place, count);
    let what = format_args!("is_region_free({place:?}, {count})");
    subject.case(what, &expected.is_ok(), state, || pool.is_region_free(first, count));

    let after = expected.as_ref().map_or(state, |blocks| state.with(blocks));
    let what = format_args!("raw claim({place:?}, {count})");
    subject.case(what, &expected.map(drop), after, || pool.claim(first, count));
    subject.put(state);

    let expected = state.free_contiguous(place, count);
    let after = expected.clone().map_or(state, |blocks| state.without(blocks));
    let what = format_args!("free_contiguous({place:?}, {count})");
    subject.case(what, &expected.map(drop), after, || {
        // SAFETY: nothing uses the content of a block here.
        let freed = unsafe { pool.free_contiguous(first, count) };
        freed.map_err(|error| (error.entry(), error.kind()))
    });
    subject.put(state);
}

fn free(subject: &mut Subject, list: &[Entry]) {
    let (state, pool) = (subject.state(), subject.pool());
    let mut addresses = [ptr::null_mut(); MOST];
    for (address, entry) in addresses.iter_mut().zip(list) {
        *address = entry.0;
    }
    let places = list.iter().map(|&(_, place)| (0, place));
    let expected = model::free(&[state], &places);
    let after = if expected.is_ok() { freed(state, list) } else { state };
    subject.case(format_args!("free({list:?})"), &expected, after, || {
        // SAFETY: nothing uses the content of a block here.
        let freed = unsafe { pool.free(&addresses[..list.len()]) };
        freed.map_err(|error| (error.entry(), error.kind()))
    });
    if after != state {
        subject.put(state);
    }
}

fn freed(state: State, list: &[Entry]) -> State {
    state.without(list.iter().filter_map(|&(_, place)| match place {
        Place::Block(block) => Some(block),
        Place::Inside | Place::Outside => None,
    }))
}
