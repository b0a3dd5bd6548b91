//! Statistics of an allocator: what it is used for, at one moment, and was since it began.

/// How full an allocator is, and was: all of it at one moment.
///
/// [`MemBlocks::stats`](crate::MemBlocks::stats) gives it, with the feature `stats`. Counts are in blocks; for each there
/// is one in bytes.
///
/// ```
/// # use mem_blocks::{mem_blocks, AllocError, MemBlocks};
/// #[mem_blocks]
/// static FRAMES: MemBlocks<[u8; 256], 8>;
///
/// let three = FRAMES.alloc_contiguous(3)?;
/// let _two = FRAMES.claim(6..).unwrap();
/// drop(three);
/// assert_eq!(FRAMES.alloc_contiguous(7).unwrap_err(), AllocError::Exhausted);
///
/// let stats = FRAMES.stats();
/// assert_eq!((stats.used(), stats.available()), (2, 6));
/// assert_eq!((stats.max_used(), stats.max_used_bytes()), (5, 5 * 256));
/// assert_eq!((stats.refusals(), stats.largest_free_run()), (1, 6));
/// # Ok::<(), AllocError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Stats {
    pub(crate) block_size: usize,
    pub(crate) num_blocks: usize,
    pub(crate) used: usize,
    pub(crate) max_used: usize,
    pub(crate) largest_free_run: usize,
    pub(crate) refusals: u32,
}

impl Stats {
    /// The size of a block in bytes.
    #[must_use]
    pub const fn block_size(&self) -> usize {
        self.block_size
    }

    /// The number of blocks.
    #[must_use]
    pub const fn num_blocks(&self) -> usize {
        self.num_blocks
    }

    /// The number of blocks that are not free.
    #[must_use]
    pub const fn used(&self) -> usize {
        self.used
    }

    /// The number of free blocks.
    #[must_use]
    pub const fn available(&self) -> usize {
        self.num_blocks - self.used
    }

    /// The largest number of blocks that were not free at one moment, since the program began or since
    /// [`reset_max_used`](crate::MemBlocks::reset_max_used).
    #[must_use]
    pub const fn max_used(&self) -> usize {
        self.max_used
    }

    /// The length of the longest run of free blocks, in blocks: the largest count that `alloc_contiguous` could serve.
    #[must_use]
    pub const fn largest_free_run(&self) -> usize {
        self.largest_free_run
    }

    /// How many requests for blocks ended with an [`AllocError`](crate::AllocError) or a
    /// [`ClaimError`](crate::ClaimError), whichever that was, since the program began. Stays at 2^32 - 1.
    ///
    /// A member of a [`Group`](crate::Group) counts what it was asked for and refused, also where another then served
    /// the request.
    #[must_use]
    pub const fn refusals(&self) -> u32 {
        self.refusals
    }

    /// [`used`](Self::used) in bytes.
    #[must_use]
    pub const fn used_bytes(&self) -> usize {
        self.bytes(self.used)
    }

    /// [`available`](Self::available) in bytes.
    #[must_use]
    pub const fn available_bytes(&self) -> usize {
        self.bytes(self.available())
    }

    /// [`max_used`](Self::max_used) in bytes.
    #[must_use]
    pub const fn max_used_bytes(&self) -> usize {
        self.bytes(self.max_used)
    }

    /// [`largest_free_run`](Self::largest_free_run) in bytes.
    #[must_use]
    pub const fn largest_free_run_bytes(&self) -> usize {
        self.bytes(self.largest_free_run)
    }

    /// The size of so many blocks, which are not more than there are.
    const fn bytes(&self, blocks: usize) -> usize {
        blocks * self.block_size
    }
}
