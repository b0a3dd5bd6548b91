//! `Block`: the owner of one block.

use core::fmt;
use core::marker::PhantomData;
use core::mem::{self, ManuallyDrop, MaybeUninit};
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};

use bytemuck::{AnyBitPattern, Zeroable};

use crate::defer::Defer;
use crate::freeze::freeze;
use crate::geometry::Stride;
use crate::raw::RawMemBlocks;

/// One block that holds a `T`: an owning pointer, like a `Box`, whose memory is a block.
///
/// Holding one proves that the block is yours alone; dropping it drops the value and gives the
/// block back. A block can be sent to another task, core or interrupt exactly when `T` can, and be
/// dropped there.
///
/// * Two words: the allocator's descriptor and the address.
/// * Dropping clears one bit, and checks nothing: the handle is right by construction. `T`'s own
///   `Drop` runs before.
/// * [`mem::forget`] leaks the block; it is never handed out twice.
///
/// All functions are associated functions (`Block::index(&block)`), because a block dereferences
/// to a `T` that may have methods of its own.
///
/// A block prints as its value does. `defmt` has no format for a value that may not be there: of a
/// `Block<MaybeUninit<T>>`, log the [`index`](Self::index).
///
/// ```
/// # use mem_blocks::{mem_blocks, Block, MemBlocks};
/// #[mem_blocks]
/// static SAMPLES: MemBlocks<[u16; 32], 4>;
///
/// let block = SAMPLES.alloc()?;                    // Block<MaybeUninit<[u16; 32]>>
/// let mut block = Block::write(block, [0; 32]);    // Block<[u16; 32]>
/// block[3] = 7;
/// assert_eq!(block.iter().sum::<u16>(), 7);
/// drop(block);
/// assert_eq!(SAMPLES.used(), 0);
/// # Ok::<(), mem_blocks::AllocError>(())
/// ```
pub struct Block<T> {
    pool: &'static RawMemBlocks,
    value: NonNull<T>,
    // Owns a `T`: dropping the block drops one.
    _owns: PhantomData<T>,
}

// SAFETY: I2. A block owns its value like a `Box`; and it can be given back from anywhere (I3, I7).
unsafe impl<T: Send> Send for Block<T> {}

// SAFETY: I2. A shared `Block<T>` gives shared access to its value and to nothing else.
unsafe impl<T: Sync> Sync for Block<T> {}

// Moving the handle does not move the value.
impl<T> Unpin for Block<T> {}

impl<T> Block<T> {
    /// The owner of a block that was handed out just now.
    ///
    /// # Safety
    ///
    /// `value` is a block of `pool`, whose blocks are of `T`'s size and alignment; it is handed out
    /// and has no other owner; and it holds a valid `T`.
    #[inline]
    pub(crate) const unsafe fn own(pool: &'static RawMemBlocks, value: NonNull<T>) -> Self {
        Self { pool, value, _owns: PhantomData }
    }

    /// The block's index: its place in the buffer, counted in blocks.
    #[must_use]
    #[inline]
    pub fn index(block: &Self) -> usize {
        block.pool.index_by(block.value.as_ptr().cast(), const { Stride::of::<T>() })
    }

    /// The allocator that the block is from.
    #[must_use]
    #[inline]
    pub const fn pool(block: &Self) -> &'static RawMemBlocks {
        block.pool
    }

    /// The block's address, for a DMA descriptor. The block stays owned by the handle.
    #[must_use]
    #[inline]
    pub const fn as_ptr(block: &Self) -> *mut T {
        block.value.as_ptr()
    }

    /// Gives up ownership and returns the address. The value is not dropped and the block not given
    /// back: [`from_raw`](Self::from_raw) makes it a `Block` again, and
    /// [`RawMemBlocks::free`] gives it back by address.
    #[must_use = "the block leaks unless the address is used"]
    #[inline]
    pub fn into_raw(block: Self) -> *mut T {
        ManuallyDrop::new(block).value.as_ptr()
    }

    /// The owner of a block that [`into_raw`](Self::into_raw) gave up.
    ///
    /// `pool` is `&POOL`, or what [`MemBlocks::raw`](crate::MemBlocks::raw) gives.
    ///
    /// # Safety
    ///
    /// `ptr` came from `Block::into_raw` with a block of the same allocator, or from its
    /// [`RawMemBlocks`]; nothing else owns the block; it holds a valid `T`; and the allocator's
    /// blocks are of `T`'s size and alignment.
    #[inline]
    pub unsafe fn from_raw(pool: impl Into<&'static RawMemBlocks>, ptr: *mut T) -> Self {
        // SAFETY: I4. The caller vouches for the block, and a block's address is not null.
        let value = unsafe { NonNull::new_unchecked(ptr) };
        // SAFETY: I2, I9, I10, passed on to the caller.
        unsafe { Self::own(pool.into(), value) }
    }

    /// Gives up the block for good and returns its value as a reference that lives as long as `T`
    /// may. The block is never given back.
    #[must_use = "the block leaks; to give it back, drop it"]
    #[inline]
    pub fn leak<'a>(block: Self) -> &'a mut T
    where
        T: 'a,
    {
        // SAFETY: I2, I10. The block was this handle's alone, and nothing can give it back any more;
        // it holds a valid `T`, and lives for ever (I8).
        unsafe { &mut *Self::into_raw(block) }
    }

    /// Moves the value out and gives the block back.
    #[must_use = "to drop the value, drop the block"]
    #[inline]
    pub fn into_inner(block: Self) -> T {
        let block = ManuallyDrop::new(block);
        // SAFETY: I2, I10. The block holds a valid `T`, which is not used again.
        let value = unsafe { block.value.read() };
        block.give_back();
        value
    }

    /// Gives the block back; called once, by what ends the handle.
    #[inline]
    fn give_back(&self) {
        // SAFETY: I2, I9. The handle owns the block, and is not used again; `T` is as long as one.
        unsafe { self.pool.give_back_one(self.value.cast(), const { Stride::of::<T>() }) };
    }

    /// The same block, seen as one of another type.
    ///
    /// # Safety
    ///
    /// `U` has `T`'s size and alignment, and the block holds a valid `U`.
    #[inline]
    unsafe fn cast<U>(block: Self) -> Block<U> {
        let block = ManuallyDrop::new(block);
        // SAFETY: I2. The only owner is replaced by another; I10 is the caller's promise.
        unsafe { Block::own(block.pool, block.value.cast()) }
    }
}

impl<T> Block<MaybeUninit<T>> {
    /// Writes a value to the block and makes it a `Block<T>`.
    #[inline]
    pub fn write(mut block: Self, value: T) -> Block<T> {
        (*block).write(value);
        // SAFETY: I10. The value was written just now.
        unsafe { Self::assume_init(block) }
    }

    /// Fills the block with zeros and makes it a `Block<T>`.
    #[must_use]
    #[inline]
    pub fn write_zeroed(block: Self) -> Block<T>
    where
        T: Zeroable,
    {
        // SAFETY: I10. `Zeroable` says that all zeros are a valid `T`.
        unsafe { Self::zeroed(block) }
    }

    /// Makes the block a `Block<T>` with whatever bytes it holds, and writes none: for types of which any
    /// bytes are a value, such as `[u8; 1536]`. It costs nothing.
    ///
    /// The bytes may be what an earlier owner left there. Do not read meaning from them: with a compiler
    /// that has no inline assembly for the target (WebAssembly, Xtensa), and under Miri, they are zeros. For
    /// what a DMA engine has written there, there is [`assume_init`](Self::assume_init). Memory with error
    /// correction (ECC) that nobody has written since power-up may fault when it is read.
    ///
    /// ```
    /// # use mem_blocks::{mem_blocks, Block, MemBlocks};
    /// #[mem_blocks]
    /// static FRAMES: MemBlocks<[u8; 1536], 4>;
    ///
    /// let mut frame = FRAMES.alloc().map(Block::freeze)?; // Block<[u8; 1536]>
    /// frame[..3].copy_from_slice(b"abc");
    /// # Ok::<(), mem_blocks::AllocError>(())
    /// ```
    ///
    /// Types of which not any bytes are a value do not compile:
    ///
    /// ```compile_fail,E0277
    /// # use mem_blocks::{mem_blocks, Block, MemBlocks};
    /// #[mem_blocks]
    /// static FLAGS: MemBlocks<bool, 4>;
    ///
    /// let flag = FLAGS.alloc().map(Block::freeze);
    /// ```
    #[must_use]
    #[inline]
    pub fn freeze(block: Self) -> Block<T>
    where
        T: AnyBitPattern,
    {
        // SAFETY: I10. `AnyBitPattern` says that any bytes are a valid `T`.
        unsafe { Self::frozen(block) }
    }

    /// Fills the block with zeros and makes it a `Block<T>`.
    ///
    /// # Safety
    ///
    /// All zeros are a valid `T`.
    #[inline]
    pub(crate) unsafe fn zeroed(mut block: Self) -> Block<T> {
        // SAFETY: I2, I9. The block is this handle's alone, and one `T` long.
        unsafe { ptr::write_bytes(block.as_mut_ptr(), 0, 1) };
        // SAFETY: I10, passed on to the caller.
        unsafe { Self::assume_init(block) }
    }

    /// Makes the block a `Block<T>` with whatever bytes it holds.
    ///
    /// # Safety
    ///
    /// Any bytes are a valid `T`.
    #[inline]
    pub(crate) unsafe fn frozen(block: Self) -> Block<T> {
        let bytes = NonNull::slice_from_raw_parts(block.value.cast(), size_of::<T>());
        // SAFETY: I2, I9. The block is this handle's alone, and one `T` long.
        unsafe { freeze(bytes) };
        // SAFETY: I10, passed on to the caller.
        unsafe { Self::assume_init(block) }
    }

    /// Makes the block a `Block<T>`, for a value that came there by other means, such as DMA.
    ///
    /// # Safety
    ///
    /// The block holds a valid `T`.
    #[must_use]
    #[inline]
    pub unsafe fn assume_init(block: Self) -> Block<T> {
        // SAFETY: I10. `MaybeUninit<T>` has `T`'s size and alignment; the caller vouches for the value.
        unsafe { Self::cast(block) }
    }
}

impl<T> Drop for Block<T> {
    #[inline]
    fn drop(&mut self) {
        let _give_back = Defer(|| self.give_back());
        if mem::needs_drop::<T>() {
            // SAFETY: I2, I10. The block holds a valid `T`, which is not used again.
            unsafe { self.value.drop_in_place() };
        }
    }
}

impl<T> Deref for Block<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: I2, I10. The block is this handle's, borrowed as `self` is, and holds a valid `T`.
        unsafe { self.value.as_ref() }
    }
}

impl<T> DerefMut for Block<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: I2, I10, as for `deref`; and `self` is borrowed mutably.
        unsafe { self.value.as_mut() }
    }
}

// SAFETY: I8. The value lies in the allocator's buffer and does not move with the handle; both
// `Deref` implementations give the same address each time.
#[cfg(feature = "stable_deref_trait")]
unsafe impl<T> stable_deref_trait::StableDeref for Block<T> {}

impl<T: fmt::Debug> fmt::Debug for Block<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl<T: defmt::Format> defmt::Format for Block<T> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=?}", **self);
    }
}
