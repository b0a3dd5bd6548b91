//! The typed front of any allocator, without its type.

use mem_blocks::{AllocError, ClaimError, MemBlocks, RawMemBlocks};

use crate::held::Held;

type Handle = Box<dyn Held>;

/// What blocks are filled with that are given a value.
pub(crate) const VALUE: u8 = 0xa5;

/// As many blocks as a scatter has room for.
pub(crate) const ROOM: usize = 40;

/// The numbers of blocks that arrays can have.
pub(crate) const ARRAYS: [usize; 5] = [0, 1, 2, 5, 40];

/// `MemBlocks<[u8; S], N>` for any `S` and `N`.
pub(crate) trait Front: Sync {
    fn raw(&'static self) -> &'static RawMemBlocks;
    fn alloc(&'static self) -> Result<Handle, AllocError>;
    fn alloc_with(&'static self) -> Result<Handle, AllocError>;
    fn alloc_zeroed(&'static self) -> Result<Handle, AllocError>;
    /// `count` is one of [`ARRAYS`].
    fn alloc_array(&'static self, count: usize) -> Result<Vec<Handle>, AllocError>;
    fn alloc_scatter(&'static self, count: usize) -> Result<Handle, AllocError>;
    fn alloc_contiguous(&'static self, count: usize) -> Result<Handle, AllocError>;
    fn alloc_contiguous_in(&'static self, min: usize, max: usize) -> Result<Handle, AllocError>;
    fn claim(&'static self, start: usize, end: usize) -> Result<Handle, ClaimError>;
    fn is_free(&'static self, start: usize, end: usize) -> bool;
    fn counts(&'static self) -> [usize; 3];
}

impl<const S: usize, const N: usize> Front for MemBlocks<[u8; S], N> {
    fn raw(&'static self) -> &'static RawMemBlocks {
        self.raw()
    }

    fn alloc(&'static self) -> Result<Handle, AllocError> {
        self.alloc().map(boxed)
    }

    fn alloc_with(&'static self) -> Result<Handle, AllocError> {
        self.alloc_with(|| [VALUE; S]).map(boxed)
    }

    fn alloc_zeroed(&'static self) -> Result<Handle, AllocError> {
        self.alloc_zeroed().map(boxed)
    }

    fn alloc_array(&'static self, count: usize) -> Result<Vec<Handle>, AllocError> {
        fn array<const K: usize, const S: usize, const N: usize>(
            pool: &'static MemBlocks<[u8; S], N>,
        ) -> Result<Vec<Handle>, AllocError> {
            Ok(pool.alloc_array::<K>()?.into_iter().map(boxed).collect())
        }
        match count {
            0 => array::<0, S, N>(self),
            1 => array::<1, S, N>(self),
            2 => array::<2, S, N>(self),
            5 => array::<5, S, N>(self),
            40 => array::<40, S, N>(self),
            _ => unreachable!("no array of {count}"),
        }
    }

    fn alloc_scatter(&'static self, count: usize) -> Result<Handle, AllocError> {
        self.alloc_scatter::<ROOM>(count).map(boxed)
    }

    fn alloc_contiguous(&'static self, count: usize) -> Result<Handle, AllocError> {
        self.alloc_contiguous(count).map(boxed)
    }

    fn alloc_contiguous_in(&'static self, min: usize, max: usize) -> Result<Handle, AllocError> {
        self.alloc_contiguous_in(min..=max).map(boxed)
    }

    fn claim(&'static self, start: usize, end: usize) -> Result<Handle, ClaimError> {
        self.claim(start..end).map(boxed)
    }

    fn is_free(&'static self, start: usize, end: usize) -> bool {
        self.is_free(start..end)
    }

    fn counts(&'static self) -> [usize; 3] {
        [self.used(), self.available(), self.largest_free_run()]
    }
}

fn boxed(held: impl Held + 'static) -> Handle {
    Box::new(held)
}
