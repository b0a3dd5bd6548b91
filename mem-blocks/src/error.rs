//! The errors: one small `Copy` type for each kind of failure.

use core::error::Error;
use core::fmt;

/// Why blocks could not be allocated. Nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AllocError {
    /// The request can never succeed: it asks for more blocks than the allocator has (or, with
    /// [`alloc_scatter`], than the handle holds; or, with [`alloc_contiguous_in`], for a range
    /// that is empty).
    ///
    /// [`alloc_scatter`]: crate::MemBlocks::alloc_scatter
    /// [`alloc_contiguous_in`]: crate::MemBlocks::alloc_contiguous_in
    ExceedsCapacity,
    /// There are not enough free blocks now, or, for a run, not enough adjacent ones.
    Exhausted,
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExceedsCapacity => "more blocks than can ever be served",
            Self::Exhausted => "not enough free blocks",
        })
    }
}

impl Error for AllocError {}

/// Why given blocks could not be claimed. Nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ClaimError {
    /// A claimed block lies outside the buffer.
    OutOfRange,
    /// The address lies in the buffer, but not at the start of a block.
    NotBlockStart,
    /// At least one of the blocks is not free.
    Taken,
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfRange => "outside the buffer",
            Self::NotBlockStart => "not the start of a block",
            Self::Taken => "not all of the blocks are free",
        })
    }
}

impl Error for ClaimError {}

/// Why addresses could not be freed: the first entry that is wrong, and what is wrong with it.
/// Nothing was freed, the entries before it included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct FreeError {
    entry: usize,
    kind: FreeErrorKind,
}

impl FreeError {
    pub(crate) const fn new(entry: usize, kind: FreeErrorKind) -> Self {
        Self { entry, kind }
    }

    /// The entry that is wrong: its place in the slice given to `free`, or, for
    /// `free_contiguous`, its distance in blocks from the first block.
    #[must_use]
    pub const fn entry(&self) -> usize {
        self.entry
    }

    /// What is wrong with the entry.
    #[must_use]
    pub const fn kind(&self) -> FreeErrorKind {
        self.kind
    }
}

impl fmt::Display for FreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}: {}", self.entry, self.kind)
    }
}

impl Error for FreeError {}

/// What is wrong with an entry given to `free`: see [`FreeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FreeErrorKind {
    /// The address lies outside the buffer.
    NotInBuffer,
    /// The address lies in the buffer, but not at the start of a block.
    NotBlockStart,
    /// The block is free already (a double free).
    NotAllocated,
    /// The same block stands earlier in the list.
    ListedTwice,
}

impl fmt::Display for FreeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotInBuffer => "not from this buffer",
            Self::NotBlockStart => "not the start of a block",
            Self::NotAllocated => "not allocated",
            Self::ListedTwice => "listed twice",
        })
    }
}

/// Why a group could not serve a request. Nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum GroupError {
    /// The choice function returned `None`.
    NotChosen,
    /// The choice function returned an allocator that is not a member of the group.
    NotAMember,
    /// The chosen member could not serve the request.
    Alloc(AllocError),
}

impl fmt::Display for GroupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotChosen => f.write_str("no member chosen"),
            Self::NotAMember => f.write_str("the chosen allocator is not a member"),
            Self::Alloc(error) => error.fmt(f),
        }
    }
}

impl Error for GroupError {}

impl From<AllocError> for GroupError {
    fn from(error: AllocError) -> Self {
        Self::Alloc(error)
    }
}

/// Why an allocator could not be added to a group. The group is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum AddError {
    /// The group holds as many members as it has room for.
    Full,
}

impl fmt::Display for AddError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the group is full",
        })
    }
}

impl Error for AddError {}
