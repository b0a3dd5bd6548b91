//! Listeners: who is told of what an allocator does.

use core::fmt;
use core::iter;
use core::ops::Range;

use crate::bitmap::{self, Bits};
use crate::error::{AllocError, ClaimError, FreeError};
use crate::raw::RawMemBlocks;

/// A function that is told of each alloc, claim, free and refusal of an allocator: for a trace, a log, a test.
///
/// A definition names it, with the feature `listener`:
///
/// ```
/// use core::sync::atomic::{AtomicUsize, Ordering};
/// use mem_blocks::{mem_blocks, Event, MemBlocks, RawMemBlocks};
///
/// static TAKEN: AtomicUsize = AtomicUsize::new(0);
///
/// fn trace(_pool: &RawMemBlocks, event: Event<'_>) {
///     if let Event::Alloc(blocks) = event {
///         TAKEN.fetch_add(blocks.len(), Ordering::Relaxed);
///     }
/// }
///
/// #[mem_blocks(listener = trace)]
/// static FRAMES: MemBlocks<[u8; 256], 8>;
///
/// let three = FRAMES.alloc_contiguous(3).unwrap();
/// assert_eq!(TAKEN.load(Ordering::Relaxed), 3);
/// ```
///
/// * It runs where the allocator was called, be that an interrupt, after or before the change and never under the lock.
///   Several contexts can be in it at the same time.
/// * Of a block that is taken it is told afterwards, of one that is given back before: so what it hears of one block is
///   in order, whoever takes and gives it back. Of different blocks, it is not.
/// * A request for no blocks is nothing to be told of.
/// * It may use allocators. If it uses the one that it is told of, it is told of that as well.
/// * If it panics, the caller does; blocks that it was to hear of as taken stay so.
///
/// An allocator without a listener pays nothing for it, where the compiler knows which allocator that is; taken by a
/// reference of which it does not, [`alloc`](crate::MemBlocks::alloc) and
/// [`alloc_contiguous`](crate::MemBlocks::alloc_contiguous) look whether it has one.
pub type Listener = fn(pool: &RawMemBlocks, event: Event<'_>);

/// What a [`Listener`] is told.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Event<'a> {
    /// These blocks were taken, by one call of `alloc` or the like.
    Alloc(Blocks<'a>),
    /// These blocks were taken by `claim`.
    Claim(Blocks<'a>),
    /// These blocks are being given back: by their handle, or by address.
    ///
    /// By address, it was found that they can be. If another context frees one of them just then, which is a mistake of
    /// one of the two, [`FreeRefused`](Self::FreeRefused) follows, and none was freed.
    Free(Blocks<'a>),
    /// A request for so many blocks was refused.
    AllocRefused {
        /// The number of blocks; of a range of numbers, the smallest.
        count: usize,
        /// Why.
        error: AllocError,
    },
    /// A claim was refused.
    ClaimRefused {
        /// The blocks asked for; none, if it were not blocks of this allocator.
        blocks: Blocks<'a>,
        /// Why.
        error: ClaimError,
    },
    /// Addresses were not freed. One that lies in no buffer of a group's members is told to nobody.
    FreeRefused {
        /// The first address that is wrong.
        address: *mut u8,
        /// Why, and which entry of the list it is.
        error: FreeError,
    },
}

/// The blocks that an [`Event`] is about.
#[derive(Clone, Copy)]
pub struct Blocks<'a> {
    pool: &'a RawMemBlocks,
    which: Which<'a>,
}

#[derive(Clone, Copy)]
enum Which<'a> {
    /// `count` of them from `start` on.
    Adjacent { start: usize, count: usize },
    /// Those of the word whose first block is `first`.
    InWord { first: usize, blocks: Bits },
    /// At these addresses.
    Listed(&'a [*mut u8]),
}

impl<'a> Blocks<'a> {
    pub(crate) fn adjacent(pool: &'a RawMemBlocks, range: Range<usize>) -> Self {
        Self { pool, which: Which::Adjacent { start: range.start, count: range.len() } }
    }

    pub(crate) const fn in_word(pool: &'a RawMemBlocks, first: usize, blocks: Bits) -> Self {
        Self { pool, which: Which::InWord { first, blocks } }
    }

    pub(crate) const fn listed(pool: &'a RawMemBlocks, list: &'a [*mut u8]) -> Self {
        Self { pool, which: Which::Listed(list) }
    }

    /// The number of blocks.
    #[must_use]
    pub const fn len(self) -> usize {
        match self.which {
            Which::Adjacent { count, .. } => count,
            Which::InWord { blocks, .. } => blocks.count_ones() as usize,
            Which::Listed(list) => list.len(),
        }
    }

    /// Whether there is none: of a refused claim of what are no blocks.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Their indices: ascending, but for blocks freed by a list of addresses, which come as they stand there.
    pub fn indices(self) -> impl Iterator<Item = usize> + use<'a> {
        let (adjacent, (first, mut blocks), list) = match self.which {
            Which::Adjacent { start, count } => (start..start + count, (0, 0), &[][..]),
            Which::InWord { first, blocks } => (0..0, (first, blocks), &[][..]),
            Which::Listed(list) => (0..0, (0, 0), list),
        };
        let in_word =
            iter::from_fn(move || (blocks != 0).then(|| first + bitmap::take_lowest(&mut blocks)));
        let listed = list.iter().map(move |&block| self.pool.index_of_owned(block));
        adjacent.chain(in_word).chain(listed)
    }
}

/// As `Debug` does it: a list of indices.
#[cfg(feature = "defmt")]
impl defmt::Format for Blocks<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "[");
        for (place, index) in self.indices().enumerate() {
            if place > 0 {
                defmt::write!(f, ", ");
            }
            defmt::write!(f, "{=usize}", index);
        }
        defmt::write!(f, "]");
    }
}

impl fmt::Debug for Blocks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.indices()).finish()
    }
}
