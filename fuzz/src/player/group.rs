//! Calls of the group.

use mem_blocks::GroupError;

use super::Player;
use crate::held::Held;
use crate::pools::{GROUP, MEMBERS, Pool};
use crate::script::GroupCall;

impl Player {
    pub(super) fn call_group(&mut self, call: &GroupCall) {
        match *call {
            GroupCall::Alloc(size) => {
                let result = GROUP.alloc(&size).map(|block| vec![boxed(block)]);
                self.group_blocks(size, 1, result);
            }
            GroupCall::AllocArray(size, length) => {
                let count = usize::from(length) % 4;
                let result = match count {
                    0 => GROUP.alloc_array::<0>(&size).map(|blocks| blocks.map(boxed).into()),
                    1 => GROUP.alloc_array::<1>(&size).map(|blocks| blocks.map(boxed).into()),
                    2 => GROUP.alloc_array::<2>(&size).map(|blocks| blocks.map(boxed).into()),
                    _ => GROUP.alloc_array::<3>(&size).map(|blocks| blocks.map(boxed).into()),
                };
                self.group_blocks(size, count, result);
            }
            GroupCall::AllocContiguous(size, count) => {
                let result = GROUP.alloc_contiguous(&size, count).map(boxed);
                let member = if count == 0 { Ok(MEMBERS[0]) } else { self.chosen(size) };
                match member {
                    Ok(pool) => {
                        let expected = self.model(pool).run(count, count);
                        self.run(pool, expected.map_err(GroupError::Alloc), result);
                    }
                    Err(error) => assert_eq!(result.err(), Some(error)),
                }
            }
            GroupCall::Free(ref list) => {
                let list: Vec<_> = list.iter().map(|place| place.pointer(MEMBERS[0])).collect();
                self.free(&MEMBERS.map(|pool| pool as usize), &list, |list| {
                    // SAFETY: no handle owns one of the blocks, and nobody accesses them.
                    unsafe { GROUP.free(list) }
                });
            }
        }
    }

    /// The member that serves a request: the smallest that fits and has a free block, or else the smallest that fits.
    fn chosen(&self, size: usize) -> Result<Pool, GroupError> {
        let fitting =
            || MEMBERS.into_iter().filter(|&pool| self.models[pool as usize].block_size >= size);
        let smallest = |pool: &Pool| self.models[*pool as usize].block_size;
        fitting()
            .filter(|&pool| self.models[pool as usize].available() > 0)
            .min_by_key(smallest)
            .or_else(|| fitting().min_by_key(smallest))
            .ok_or(GroupError::NotChosen)
    }

    fn group_blocks(
        &mut self,
        size: usize,
        count: usize,
        result: Result<Vec<Box<dyn Held>>, GroupError>,
    ) {
        let member = if count == 0 { Ok(MEMBERS[0]) } else { self.chosen(size) };
        let expected = member.and_then(|pool| {
            self.model(pool).may_alloc(count)?;
            Ok(pool)
        });
        assert_eq!(result.as_ref().map(Vec::len).map_err(|e| *e), expected.map(|_| count));
        if let (Ok(pool), Ok(blocks)) = (expected, result) {
            let indices: Vec<_> =
                blocks.into_iter().map(|block| self.own(pool, block)[0]).collect();
            assert!(indices.is_sorted(), "not in ascending order");
        }
    }
}

fn boxed(held: impl Held + 'static) -> Box<dyn Held> {
    Box::new(held)
}
