//! `Scatter`: the owner of blocks that need not be adjacent.

use core::fmt;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::mem::{self, ManuallyDrop, MaybeUninit};
use core::ptr::{self, NonNull};
use core::slice;

use bytemuck::{AnyBitPattern, Zeroable};

use crate::bitmap::Bits;
use crate::defer::Defer;
use crate::freeze::freeze;
use crate::raw::RawMemBlocks;

/// Up to `MAX` blocks in one handle, each holding a `T`. The blocks need not be adjacent.
///
/// Holding one proves that the blocks are yours alone; dropping it drops the values and gives all
/// of the blocks back. [`alloc_scatter`](crate::MemBlocks::alloc_scatter) gives it.
///
/// The blocks stand in ascending order of address. A DMA engine that takes a list of descriptors
/// needs no more of them than there are [`runs`](Self::runs): adjacent blocks merged to one slice.
///
/// Blocks that share a word of the bitmap are noted as the bits that they have there, and their
/// addresses made when they are asked for. So it is for a pool of up to 32 blocks, and for a larger
/// one if a word has as many free blocks; else the addresses are listed. Size: `MAX + 4` words,
/// which is what moving it copies.
///
/// ```
/// # use mem_blocks::{mem_blocks, MemBlocks, Scatter};
/// #[mem_blocks]
/// static PACKETS: MemBlocks<[u8; 64], 8>;
///
/// let held = PACKETS.claim(1..2)?;
/// let packet = PACKETS.alloc_scatter::<6>(3)?;
/// let packet = Scatter::write_with(packet, |place| [place as u8; 64]);
///
/// // Block 1 is taken: the packet lies in block 0 and in blocks 2 and 3.
/// let lengths = packet.runs().map(|run| run.len());
/// assert!(lengths.eq([1, 2]));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub struct Scatter<T, const MAX: usize> {
    pool: &'static RawMemBlocks,
    count: usize,
    /// The index of the first block of the word, and the blocks of it. No block: they are listed.
    first: usize,
    blocks: Bits,
    /// The addresses of the blocks in ascending order, if they are listed: then `count` of them
    /// mean something.
    list: [MaybeUninit<*mut u8>; MAX],
    // Owns values of `T`.
    _owns: PhantomData<T>,
}

// SAFETY: I2. A scatter owns its values; and the blocks can be given back from anywhere (I3, I7).
unsafe impl<T: Send, const MAX: usize> Send for Scatter<T, MAX> {}

// SAFETY: I2. A shared `Scatter` gives shared access to its values and to nothing else.
unsafe impl<T: Sync, const MAX: usize> Sync for Scatter<T, MAX> {}

// Moving the handle does not move the values.
impl<T, const MAX: usize> Unpin for Scatter<T, MAX> {}

impl<T, const MAX: usize> Scatter<T, MAX> {
    /// The owner of `count` blocks of one word that were handed out just now; of none, if it is 0.
    ///
    /// # Safety
    ///
    /// `blocks` are that many blocks of `pool`, counted from block `first` on, whose blocks are of
    /// `T`'s size and alignment; they are handed out and have no other owner; and each holds a
    /// valid `T`.
    #[inline]
    pub(crate) const unsafe fn own(
        pool: &'static RawMemBlocks,
        count: usize,
        first: usize,
        blocks: Bits,
    ) -> Self {
        let list = [const { MaybeUninit::uninit() }; MAX];
        Self { pool, count, first, blocks, list, _owns: PhantomData }
    }

    /// The owner of blocks that were handed out just now.
    ///
    /// # Safety
    ///
    /// The first `count` entries of `list` are blocks of `pool` in ascending order; else as for
    /// [`own`](Self::own).
    pub(crate) const unsafe fn own_listed(
        pool: &'static RawMemBlocks,
        count: usize,
        list: [MaybeUninit<*mut u8>; MAX],
    ) -> Self {
        Self { pool, count, first: 0, blocks: 0, list, _owns: PhantomData }
    }

    /// The number of blocks.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is no block.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The allocator that the blocks are from.
    #[must_use]
    pub const fn pool(&self) -> &'static RawMemBlocks {
        self.pool
    }

    /// The values, block by block in ascending order of address.
    #[must_use]
    pub fn iter(&self) -> ScatterIter<'_, T> {
        ScatterIter { blocks: self.addresses(), _borrows: PhantomData }
    }

    /// The values, mutably, block by block in ascending order of address.
    #[must_use]
    pub fn iter_mut(&mut self) -> ScatterIterMut<'_, T> {
        ScatterIterMut { blocks: self.addresses(), _borrows: PhantomData }
    }

    /// The values as slices, one for each run of adjacent blocks, in ascending order of address.
    #[must_use]
    pub fn runs(&self) -> ScatterRuns<'_, T> {
        ScatterRuns { rest: self.addresses(), _borrows: PhantomData }
    }

    /// The values as mutable slices, one for each run of adjacent blocks, in ascending order of
    /// address.
    #[must_use]
    pub fn runs_mut(&mut self) -> ScatterRunsMut<'_, T> {
        ScatterRunsMut { rest: self.addresses(), _borrows: PhantomData }
    }

    /// Where the blocks are.
    pub(crate) fn addresses(&self) -> Addresses<'_> {
        let base = self.pool.address_of(self.first).as_ptr();
        Addresses { base, blocks: self.blocks, size: size_of::<T>(), list: self.listed().iter() }
    }

    /// Where the blocks are that are listed.
    #[inline]
    fn listed(&self) -> &[*mut u8] {
        let listed = if self.blocks == 0 { self.count } else { 0 };
        // SAFETY: I10. Of a scatter that is listed, as many entries were written.
        unsafe { slice::from_raw_parts(self.list.as_ptr().cast(), listed) }
    }

    /// The same blocks, seen as those of another type.
    ///
    /// # Safety
    ///
    /// `U` has `T`'s size and alignment, and the blocks hold a valid `U`.
    #[inline]
    unsafe fn cast<U>(scatter: Self) -> Scatter<U, MAX> {
        let this = ManuallyDrop::new(scatter);
        let Self { pool, count, first, blocks, list, .. } = *this;
        // The only owner is replaced by another.
        Scatter { pool, count, first, blocks, list, _owns: PhantomData }
    }
}

impl<T, const MAX: usize> Scatter<MaybeUninit<T>, MAX> {
    /// Writes a value to each block, `value` being called with each place in the scatter in turn,
    /// and makes it a `Scatter<T, MAX>`.
    ///
    /// If `value` panics, all of the blocks are given back; the values written so far are not
    /// dropped.
    pub fn write_with(mut scatter: Self, mut value: impl FnMut(usize) -> T) -> Scatter<T, MAX> {
        for (place, block) in scatter.iter_mut().enumerate() {
            block.write(value(place));
        }
        // SAFETY: I10. Every value was written just now.
        unsafe { Self::assume_init(scatter) }
    }

    /// Fills the blocks with zeros and makes them a `Scatter<T, MAX>`.
    #[must_use]
    pub fn write_zeroed(scatter: Self) -> Scatter<T, MAX>
    where
        T: Zeroable,
    {
        // SAFETY: I10. `Zeroable` says that all zeros are a valid `T`.
        unsafe { Self::zeroed(scatter) }
    }

    /// Makes it a `Scatter<T, MAX>` with whatever bytes the blocks hold, and writes none: see
    /// [`Block::freeze`](crate::Block::freeze).
    #[must_use]
    pub fn freeze(scatter: Self) -> Scatter<T, MAX>
    where
        T: AnyBitPattern,
    {
        // SAFETY: I10. `AnyBitPattern` says that any bytes are a valid `T`.
        unsafe { Self::frozen(scatter) }
    }

    /// Fills the blocks with zeros and makes them a `Scatter<T, MAX>`.
    ///
    /// # Safety
    ///
    /// All zeros are a valid `T`.
    pub(crate) unsafe fn zeroed(mut scatter: Self) -> Scatter<T, MAX> {
        for block in &mut scatter {
            // SAFETY: I2, I9. The block is this handle's alone, and one `T` long.
            unsafe { ptr::write_bytes(block.as_mut_ptr(), 0, 1) };
        }
        // SAFETY: I10, passed on to the caller.
        unsafe { Self::assume_init(scatter) }
    }

    /// Makes it a `Scatter<T, MAX>` with whatever bytes the blocks hold.
    ///
    /// # Safety
    ///
    /// Any bytes are a valid `T`.
    pub(crate) unsafe fn frozen(scatter: Self) -> Scatter<T, MAX> {
        for block in scatter.addresses().filter_map(NonNull::new) {
            // SAFETY: I2, I9. The block is this handle's alone, and one `T` long.
            unsafe { freeze(NonNull::slice_from_raw_parts(block, size_of::<T>())) };
        }
        // SAFETY: I10, passed on to the caller.
        unsafe { Self::assume_init(scatter) }
    }

    /// Makes it a `Scatter<T, MAX>`, for values that came there by other means, such as DMA.
    ///
    /// # Safety
    ///
    /// Every block holds a valid `T`.
    #[must_use]
    pub unsafe fn assume_init(scatter: Self) -> Scatter<T, MAX> {
        // SAFETY: I10. `MaybeUninit<T>` has `T`'s size and alignment; the caller vouches for the values.
        unsafe { Self::cast(scatter) }
    }
}

impl<T, const MAX: usize> Drop for Scatter<T, MAX> {
    fn drop(&mut self) {
        let _give_back = Defer(|| {
            if self.blocks == 0 {
                // SAFETY: I2. The handle owns the blocks, and is not used again.
                unsafe { self.pool.give_back_each(self.listed()) };
            } else {
                // SAFETY: I2, as above.
                unsafe { self.pool.give_back_in_word(self.first, self.blocks) };
            }
        });
        if mem::needs_drop::<T>() {
            // SAFETY: I2, I10. The blocks hold valid values, which are not used again.
            unsafe { drop_values::<T>(self.addresses()) };
        }
    }
}

impl<T: fmt::Debug, const MAX: usize> fmt::Debug for Scatter<T, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

#[cfg(feature = "defmt")]
impl<T: defmt::Format, const MAX: usize> defmt::Format for Scatter<T, MAX> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "[");
        for (place, value) in self.iter().enumerate() {
            if place > 0 {
                defmt::write!(f, ", ");
            }
            defmt::write!(f, "{=?}", value);
        }
        defmt::write!(f, "]");
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a Scatter<T, MAX> {
    type Item = &'a T;
    type IntoIter = ScatterIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a mut Scatter<T, MAX> {
    type Item = &'a mut T;
    type IntoIter = ScatterIterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

/// The addresses of blocks in ascending order: of those of one word, or else of those in a list.
#[derive(Clone, Debug)]
pub(crate) struct Addresses<'a> {
    /// Where the first block of the word starts.
    base: *mut u8,
    blocks: Bits,
    /// The size of a block in bytes.
    size: usize,
    list: slice::Iter<'a, *mut u8>,
}

impl Addresses<'_> {
    fn of_word(&self, block: u32) -> *mut u8 {
        // Within the buffer: the block is one of it.
        self.base.wrapping_add(block as usize * self.size)
    }

    fn first(&self) -> Option<*mut u8> {
        match self.blocks {
            0 => self.list.as_slice().first().copied(),
            blocks => Some(self.of_word(blocks.trailing_zeros())),
        }
    }

    fn len(&self) -> usize {
        self.blocks.count_ones() as usize + self.list.len()
    }
}

impl Iterator for Addresses<'_> {
    type Item = *mut u8;

    fn next(&mut self) -> Option<*mut u8> {
        let first = self.first()?;
        if self.blocks == 0 {
            self.list.next();
        }
        self.blocks &= self.blocks.wrapping_sub(1);
        Some(first)
    }
}

impl DoubleEndedIterator for Addresses<'_> {
    fn next_back(&mut self) -> Option<*mut u8> {
        match self.blocks.checked_ilog2() {
            None => self.list.next_back().copied(),
            Some(last) => {
                self.blocks ^= 1 << last;
                Some(self.of_word(last))
            }
        }
    }
}

/// Drops the values in the blocks. Where one panics, the others are dropped nevertheless, as those of a slice are.
///
/// # Safety
///
/// Each holds a valid `T`, which is not used again (I10).
unsafe fn drop_values<T>(mut rest: Addresses<'_>) {
    while let Some(run) = take_run::<T>(&mut rest) {
        // SAFETY: I10, as this function's; those are left.
        let others = Defer(|| unsafe { drop_values::<T>(rest.clone()) });
        // SAFETY: I10, as this function's; these were taken off the list.
        unsafe { run.drop_in_place() };
        mem::forget(others);
    }
}

/// Takes the first run of adjacent blocks off the list, as its values.
fn take_run<T>(rest: &mut Addresses<'_>) -> Option<NonNull<[T]>> {
    let first = NonNull::new(rest.next()?.cast::<T>())?;
    let mut len = 1;
    while rest.first().is_some_and(|next| next.addr() - first.addr().get() == len * size_of::<T>())
    {
        rest.next();
        len += 1;
    }
    Some(NonNull::slice_from_raw_parts(first, len))
}

/// The values of a [`Scatter`]: see [`Scatter::iter`].
#[derive(Clone, Debug)]
pub struct ScatterIter<'a, T> {
    blocks: Addresses<'a>,
    _borrows: PhantomData<&'a T>,
}

/// The values of a [`Scatter`], mutably: see [`Scatter::iter_mut`].
#[derive(Debug)]
pub struct ScatterIterMut<'a, T> {
    blocks: Addresses<'a>,
    _borrows: PhantomData<&'a mut T>,
}

/// The runs of adjacent blocks of a [`Scatter`]: see [`Scatter::runs`].
#[derive(Clone, Debug)]
pub struct ScatterRuns<'a, T> {
    rest: Addresses<'a>,
    _borrows: PhantomData<&'a T>,
}

/// The runs of adjacent blocks of a [`Scatter`], mutably: see [`Scatter::runs_mut`].
#[derive(Debug)]
pub struct ScatterRunsMut<'a, T> {
    rest: Addresses<'a>,
    _borrows: PhantomData<&'a mut T>,
}

/// Written once for the shared and the mutable kind: they differ in the reference alone.
macro_rules! iterators {
    ($blocks:ident, $runs:ident, $t:ident: $bound:ident, $value:ty, $values:ty, $as_reference:ident) => {
        // SAFETY: I2. Stands for references to the values, and can be sent where those can be.
        unsafe impl<$t: $bound> Send for $blocks<'_, $t> {}

        // SAFETY: I2, as above; what a shared iterator gives, if it can be cloned, is shared references.
        unsafe impl<$t: Sync> Sync for $blocks<'_, $t> {}

        // SAFETY: I2, as for the blocks.
        unsafe impl<$t: $bound> Send for $runs<'_, $t> {}

        // SAFETY: I2, as for the blocks.
        unsafe impl<$t: Sync> Sync for $runs<'_, $t> {}

        impl<'a, $t> Iterator for $blocks<'a, $t> {
            type Item = $value;

            fn next(&mut self) -> Option<Self::Item> {
                let address = self.blocks.next()?.cast::<$t>();
                // SAFETY: I2, I10. The block is the scatter's, borrowed for `'a`, and holds a valid
                // value; each is yielded once.
                unsafe { address.$as_reference() }
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (self.blocks.len(), Some(self.blocks.len()))
            }
        }

        impl<$t> DoubleEndedIterator for $blocks<'_, $t> {
            fn next_back(&mut self) -> Option<Self::Item> {
                let address = self.blocks.next_back()?.cast::<$t>();
                // SAFETY: I2, I10, as for `next`.
                unsafe { address.$as_reference() }
            }
        }

        impl<$t> ExactSizeIterator for $blocks<'_, $t> {}

        impl<$t> FusedIterator for $blocks<'_, $t> {}

        impl<'a, $t> Iterator for $runs<'a, $t> {
            type Item = $values;

            fn next(&mut self) -> Option<Self::Item> {
                let run = take_run::<$t>(&mut self.rest)?.as_ptr();
                // SAFETY: I2, I9, I10. The blocks of a run follow each other without a gap, hold
                // valid values, and are borrowed for `'a`; each is yielded once.
                unsafe { run.$as_reference() }
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (self.rest.len().min(1), Some(self.rest.len()))
            }
        }

        impl<$t> FusedIterator for $runs<'_, $t> {}
    };
}

iterators!(ScatterIter, ScatterRuns, T: Sync, &'a T, &'a [T], as_ref);
iterators!(ScatterIterMut, ScatterRunsMut, T: Send, &'a mut T, &'a mut [T], as_mut);
