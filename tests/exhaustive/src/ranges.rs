//! `claim` and `is_free` of every range, in every form that a range can have.

use std::ops::{Bound, RangeBounds};

use mem_blocks::{MemBlocks, Run};

use crate::subject::{Content, Subject};

pub(crate) fn check<const N: usize>(pool: &'static MemBlocks<Content, N>, subject: &mut Subject) {
    subject.in_every_state(|subject| {
        for start in bounds(N) {
            for end in bounds(N) {
                range(pool, subject, (start, end));
            }
        }
        // What has a form of its own in the language.
        range(pool, subject, ..);
        for start in ends(N) {
            range(pool, subject, start..);
            range(pool, subject, ..start);
            range(pool, subject, ..=start);
            for end in ends(N) {
                range(pool, subject, start..end);
                range(pool, subject, start..=end);
            }
        }
    });
}

/// Indices of blocks, and some past the end.
fn ends(blocks: usize) -> impl Iterator<Item = usize> {
    (0..=blocks + 2).chain([usize::MAX - 1, usize::MAX])
}

fn bounds(blocks: usize) -> impl Iterator<Item = Bound<usize>> {
    let bounds = ends(blocks).flat_map(|end| [Bound::Included(end), Bound::Excluded(end)]);
    bounds.chain([Bound::Unbounded])
}

fn range<const N: usize>(
    pool: &'static MemBlocks<Content, N>,
    subject: &mut Subject,
    range: impl RangeBounds<usize> + Clone,
) {
    let (start, end) = (range.start_bound().cloned(), range.end_bound().cloned());
    let state = subject.state();
    let is_free = state.is_free(start, end);
    let what = format_args!("is_free({start:?}, {end:?})");
    subject.case(what, &is_free, state, || pool.is_free(range.clone()));

    let expected = state.claim(start, end);
    let what = format_args!("claim({start:?}, {end:?})");
    subject.taking(what, &expected, || pool.claim(range), |run| Run::range(run).collect());
}
