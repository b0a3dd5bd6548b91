//! `Group`: several allocators, and a function that chooses the one that serves a request.

mod handle;

use core::fmt;
use core::ptr::{self, NonNull};

use crate::error::{AddError, AllocError, FreeError, GroupError};
use crate::raw::{self, RawMemBlocks};

pub use handle::{GroupBlock, GroupRun};

/// A choice function: picks the member that serves a request.
///
/// It is given the members in the order in which they were added. It runs with interrupts on.
pub type Choose<C> =
    fn(members: &[&'static RawMemBlocks], cfg: &C) -> Option<&'static RawMemBlocks>;

/// Up to `M` allocators, usually of different block sizes, behind one request type `C`.
///
/// A function that you provide, or one of [`choose`](crate::choose), picks the member that serves a
/// request; blocks are freed without naming it.
///
/// ```
/// use mem_blocks::{choose, mem_blocks, Group, MemBlocks};
///
/// #[mem_blocks]
/// static SMALL: MemBlocks<[u8; 64], 8>;
/// #[mem_blocks]
/// static LARGE: MemBlocks<[u8; 1536], 4>;
///
/// static BUFFERS: Group<usize, 2> =
///     Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit_or_larger);
///
/// let block = BUFFERS.alloc(&100)?;
/// assert_eq!(block.len(), 1536);
/// # Ok::<(), mem_blocks::GroupError>(())
/// ```
///
/// A choice by what is free looks at a snapshot: an interrupt can take the last block of the chosen
/// member before the group does. So if the member turns out to be exhausted, the function is asked
/// again, once for each member at most, until it chooses the same one twice running.
///
/// A group is a list of references, a length and a function pointer: `M + 2` words. It has no state
/// that changes behind `&self`, so a `static` of it lies in flash; it can as well be a local
/// variable, and its handles outlive it. One that is filled at run time with [`add`](Self::add) is
/// made with fewer members than it has room for:
///
/// ```
/// # use mem_blocks::{choose, mem_blocks, AddError, Group, MemBlocks};
/// # #[mem_blocks]
/// # static SMALL: MemBlocks<[u8; 64], 8>;
/// # #[mem_blocks]
/// # static LARGE: MemBlocks<[u8; 1536], 4>;
/// use static_cell::StaticCell;
///
/// static BUFFERS: StaticCell<Group<usize, 2>> = StaticCell::new();
///
/// let buffers = BUFFERS.init(Group::new([], choose::smallest_fit));
/// buffers.add(SMALL.raw())?;
/// buffers.add(LARGE.raw())?;
/// assert_eq!(buffers.add(SMALL.raw()), Err(AddError::Full));
/// let buffers: &'static Group<usize, 2> = buffers;
/// # assert_eq!(buffers.members().len(), 2);
/// # Ok::<(), AddError>(())
/// ```
///
/// It prints its members, each as [an allocator does](crate::MemBlocks#looking-at-it).
pub struct Group<C: ?Sized, const M: usize> {
    /// The first `len` are the members; the others are vacant.
    members: [&'static RawMemBlocks; M],
    len: usize,
    choose: Choose<C>,
}

/// What stands in the places of a group that have no member yet.
static VACANT: RawMemBlocks = RawMemBlocks::vacant();

impl<C: ?Sized, const M: usize> Group<C, M> {
    /// A group of these members, of which there may be fewer than it has room for, but not more:
    ///
    /// ```compile_fail,E0080
    /// # use mem_blocks::{choose, mem_blocks, Group, MemBlocks};
    /// # #[mem_blocks]
    /// # static POOL: MemBlocks<[u8; 64], 8>;
    /// static TOO_MANY: Group<usize, 1> =
    ///     Group::new([POOL.raw(), POOL.raw()], choose::smallest_fit);
    /// # fn main() { let _ = &TOO_MANY; }
    /// ```
    #[must_use]
    pub const fn new<const K: usize>(
        members: [&'static RawMemBlocks; K],
        choose: Choose<C>,
    ) -> Self {
        const {
            assert!(K <= M, "the group is given more members than it has room for");
        }
        let mut all: [&'static RawMemBlocks; M] = [&VACANT; M];
        // Indexing cannot fail: both lengths are constants, compared above. No other way to copy is
        // `const` in Rust 1.85.
        let mut place = 0;
        while place < K {
            all[place] = members[place];
            place += 1;
        }
        Self { members: all, len: K, choose }
    }

    /// Adds a member.
    ///
    /// # Errors
    ///
    /// [`Full`](AddError::Full).
    pub fn add(&mut self, member: &'static RawMemBlocks) -> Result<(), AddError> {
        let place = self.members.get_mut(self.len).ok_or(AddError::Full)?;
        *place = member;
        self.len += 1;
        Ok(())
    }

    /// The members, in the order in which they were added.
    #[must_use]
    pub fn members(&self) -> &[&'static RawMemBlocks] {
        self.members.get(..self.len).unwrap_or_default()
    }

    /// Takes one block of the member that is chosen for `cfg`.
    ///
    /// # Errors
    ///
    /// [`NotChosen`](GroupError::NotChosen), [`NotAMember`](GroupError::NotAMember), or, from the
    /// member, [`Alloc(Exhausted)`](AllocError::Exhausted).
    pub fn alloc(&self, cfg: &C) -> Result<GroupBlock, GroupError> {
        let [block] = self.alloc_array(cfg)?;
        Ok(block)
    }

    /// Takes `K` blocks of the member that is chosen for `cfg`, each with a handle of its own, all
    /// of them or none. They need not be adjacent; they stand in ascending order of address.
    ///
    /// For `K = 0` no member is chosen.
    ///
    /// # Errors
    ///
    /// [`NotChosen`](GroupError::NotChosen), [`NotAMember`](GroupError::NotAMember), or the
    /// member's [`AllocError`].
    pub fn alloc_array<const K: usize>(&self, cfg: &C) -> Result<[GroupBlock; K], GroupError> {
        let mut blocks = [NonNull::dangling().as_ptr(); K];
        // Without a block there is nobody to choose, and nothing is made of the vacant member.
        let member =
            if K == 0 { &VACANT } else { self.serve(cfg, |member| member.alloc(&mut blocks))?.0 };
        Ok(blocks.map(|block| {
            // SAFETY: I4. `alloc` has written the address of a block, which is not null.
            let block = unsafe { NonNull::new_unchecked(block) };
            // SAFETY: I1, I2. The block was handed out just now and has no other owner.
            unsafe { GroupBlock::own(member, block) }
        }))
    }

    /// Takes `count` adjacent blocks of the member that is chosen for `cfg`.
    ///
    /// For a count of 0 no member is chosen.
    ///
    /// # Errors
    ///
    /// [`NotChosen`](GroupError::NotChosen), [`NotAMember`](GroupError::NotAMember), or the
    /// member's [`AllocError`].
    pub fn alloc_contiguous(&self, cfg: &C, count: usize) -> Result<GroupRun, GroupError> {
        if count == 0 {
            return Ok(GroupRun::EMPTY);
        }
        let (member, first) = self.serve(cfg, |member| member.alloc_contiguous(count))?;
        // SAFETY: I1, I2. The blocks were handed out just now and have no other owner.
        Ok(unsafe { GroupRun::own(member, first, count) })
    }

    /// Gives back the blocks at these addresses, which may be from different members: all of them
    /// or none.
    ///
    /// # Errors
    ///
    /// [`FreeError`] with the first entry that is not the start of a block of a member, is not
    /// allocated, or stands in the list before.
    ///
    /// # Safety
    ///
    /// As for [`RawMemBlocks::free`]; and if they are from different members, nobody else frees one
    /// of them at the same time. (He, or this call, is refused; but this call may have freed the
    /// entries before: pools share nothing that could tell.)
    pub unsafe fn free(&self, blocks: &[*mut u8]) -> Result<(), FreeError> {
        // SAFETY: I2, passed on to the caller.
        unsafe { raw::free_all(self.members(), blocks) }
    }

    /// Lets the member that is chosen for `cfg` serve a request; says which that was.
    fn serve<R>(
        &self,
        cfg: &C,
        mut request: impl FnMut(&'static RawMemBlocks) -> Result<R, AllocError>,
    ) -> Result<(&'static RawMemBlocks, R), GroupError> {
        let mut exhausted = None;
        // A group without members asks as well: to say that none was chosen is the function's part.
        for _ in 0..self.len.max(1) {
            let member = self.choose_for(cfg)?;
            if exhausted.is_some_and(|before| ptr::eq(before, member)) {
                break;
            }
            match request(member) {
                Ok(served) => return Ok((member, served)),
                Err(AllocError::Exhausted) => exhausted = Some(member),
                Err(error) => return Err(error.into()),
            }
        }
        Err(AllocError::Exhausted.into())
    }

    fn choose_for(&self, cfg: &C) -> Result<&'static RawMemBlocks, GroupError> {
        let members = self.members();
        let chosen = (self.choose)(members, cfg).ok_or(GroupError::NotChosen)?;
        if members.iter().any(|&member| ptr::eq(member, chosen)) {
            Ok(chosen)
        } else {
            Err(GroupError::NotAMember)
        }
    }
}

impl<C: ?Sized, const M: usize> fmt::Debug for Group<C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("members", &self.members()).finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl<C: ?Sized, const M: usize> defmt::Format for Group<C, M> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Group {{ members: {=[?]}, .. }}", self.members());
    }
}
