//! Calls of one allocator.

use std::slice;

use mem_blocks::{AllocError, ClaimError};

use super::{Player, compared::refusal};
use crate::front::{ARRAYS, ROOM, VALUE};
use crate::held::Held;
use crate::model::Owner;
use crate::pools::Pool;
use crate::script::Call;

impl Player {
    #[allow(clippy::too_many_lines, reason = "an arm a call")]
    pub(super) fn call(&mut self, pool: Pool, call: &Call) {
        let front = pool.front();
        let raw = front.raw();
        match *call {
            Call::Alloc => self.alloc(pool, 1, front.alloc()),
            Call::AllocWith => {
                self.alloc(pool, 1, filled(front.alloc_with(), VALUE));
            }
            Call::AllocZeroed => {
                self.alloc(pool, 1, filled(front.alloc_zeroed(), 0));
            }
            Call::AllocArray(length) => {
                let count = ARRAYS[usize::from(length) % ARRAYS.len()];
                let expected = self.model(pool).may_alloc(count);
                let result = front.alloc_array(count);
                assert_eq!(result.as_ref().map(Vec::len).map_err(|e| *e), expected.map(|()| count));
                let addresses =
                    result.into_iter().flatten().map(|handle| self.own(pool, handle)[0]);
                assert!(addresses.collect::<Vec<_>>().is_sorted(), "not in ascending order");
            }
            Call::AllocScatter(count) => {
                let result = front.alloc_scatter(count);
                if count > ROOM {
                    assert_eq!(result.err(), Some(AllocError::ExceedsCapacity));
                } else {
                    self.alloc(pool, count, result);
                }
            }
            Call::AllocContiguous(count) => {
                let expected = self.model(pool).run(count, count);
                self.run(pool, expected, front.alloc_contiguous(count));
            }
            Call::AllocContiguousIn(min, max) => {
                let expected = if min > max {
                    Err(AllocError::ExceedsCapacity)
                } else {
                    self.model(pool).run(min, max)
                };
                self.run(pool, expected, front.alloc_contiguous_in(min, max));
            }
            Call::Claim(start, count) => {
                let end = start.wrapping_add(count);
                let model = self.model(pool);
                let first = model.start.wrapping_add(start.wrapping_mul(model.block_size));
                let is_inside = start == end || start < end && end <= model.owners.len();
                let expected = if is_inside {
                    model.claim(first, end - start).map(|()| start..end)
                } else {
                    Err(ClaimError::OutOfRange)
                };
                self.run(pool, expected, front.claim(start, end));
            }
            Call::IsFree(start, count) => {
                let end = start.wrapping_add(count);
                let model = self.model(pool);
                let expected = start == end
                    || start < end && end <= model.owners.len() && model.is_free(start..end);
                assert_eq!(front.is_free(start, end), expected);
            }
            // More than any of them has is enough.
            Call::RawAlloc(count) => self.raw_alloc(pool, count.min(1100)),
            Call::RawFree(ref list) => {
                let list: Vec<_> = list.iter().map(|address| address.pointer(pool)).collect();
                let number = pool as usize;
                self.free(&[number], &list, |list| {
                    // SAFETY: no handle owns one of the blocks, and nobody accesses them.
                    unsafe { raw.free(list) }
                });
            }
            Call::RawAllocContiguous(count) => {
                let expected = self.model(pool).run(count, count);
                let start =
                    expected.clone().map(|run| raw.buffer().addr() + run.start * raw.block_size());
                assert_eq!(raw.alloc_contiguous(count).map(|first| first.addr().get()), start);
                if let Ok(run) = expected {
                    self.model(pool).set(run, Owner::Address);
                }
            }
            Call::RawFreeContiguous(ref first, count) => {
                let first = first.pointer(pool);
                let expected = self.model(pool).free_run(first.addr(), count);
                if self.is_owned(pool, first, count) {
                    return;
                }
                // SAFETY: no handle owns one of the blocks, and nobody accesses them.
                let result = unsafe { raw.free_contiguous(first, count) };
                assert_eq!(result.map_err(refusal), expected.clone().map(drop));
                if let Ok(run) = expected {
                    self.model(pool).set(run, Owner::Nobody);
                }
            }
            Call::RawClaim(ref first, count) => {
                let first = first.pointer(pool);
                let expected = self.model(pool).claim(first.addr(), count);
                assert_eq!(raw.claim(first, count), expected);
                if expected.is_ok() && count > 0 {
                    let start = self.model(pool).index_of(first.addr()).expect("it was claimed");
                    self.model(pool).set(start..start + count, Owner::Address);
                }
            }
            Call::RawIsRegionFree(ref first, count) => {
                let first = first.pointer(pool);
                let expected = self.model(pool).claim(first.addr(), count).is_ok();
                assert_eq!(raw.is_region_free(first, count), expected);
            }
            Call::Owns(ref address) => {
                let address = address.pointer(pool);
                assert_eq!(raw.owns(address), self.model(pool).owns(address.addr()));
            }
        }
    }
}

/// A handle, or none, whose blocks must be filled with this value.
fn filled(
    mut result: Result<Box<dyn Held>, AllocError>,
    value: u8,
) -> Result<Box<dyn Held>, AllocError> {
    for run in result.iter_mut().flat_map(|held| held.runs()) {
        // SAFETY: the handle owns these bytes, and they were written.
        let bytes = unsafe { slice::from_raw_parts(run.cast::<u8>(), run.len()) };
        assert!(bytes.iter().all(|byte| *byte == value), "not the value");
    }
    result
}
