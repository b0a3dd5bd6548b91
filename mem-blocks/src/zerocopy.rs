//! Blocks of types that say by `zerocopy`'s traits which bytes are a value of theirs.
//!
//! [`alloc_zeroed`](MemBlocks::alloc_zeroed) and `freeze` ask for those of `bytemuck`; a type may have either.

use core::mem::MaybeUninit;

use zerocopy::{FromBytes, FromZeros};

use crate::block::Block;
use crate::error::AllocError;
use crate::mem_blocks::MemBlocks;
use crate::run::Run;
use crate::scatter::Scatter;

impl<T, const N: usize> MemBlocks<T, N> {
    /// Takes one block and fills it with zeros, in place: [`alloc_zeroed`](Self::alloc_zeroed) for types that are
    /// [`FromZeros`].
    ///
    /// ```
    /// use mem_blocks::{mem_blocks, MemBlocks};
    /// use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};
    ///
    /// #[derive(FromBytes, IntoBytes, Immutable, KnownLayout)]
    /// #[repr(C)]
    /// struct Header {
    ///     kind: u16,
    ///     length: u16,
    ///     sequence: u32,
    /// }
    ///
    /// #[mem_blocks]
    /// static HEADERS: MemBlocks<Header, 8>;
    ///
    /// let mut header = HEADERS.alloc_from_zeros()?;
    /// header.kind = 0x0102_u16.to_be();
    /// // The traits' views of bytes reach through the handle.
    /// assert_eq!(header.as_bytes(), [1, 2, 0, 0, 0, 0, 0, 0]);
    /// # Ok::<(), mem_blocks::AllocError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Exhausted`](AllocError::Exhausted).
    #[inline]
    pub fn alloc_from_zeros(&'static self) -> Result<Block<T>, AllocError>
    where
        T: FromZeros,
    {
        self.alloc().map(Block::from_zeros)
    }
}

/// Written once for all handles: they differ in their names alone.
macro_rules! from_bytes {
    ($(impl($($generics:tt)*) $handle:ty => $initialised:ty;)*) => {$(
        impl<T, $($generics)*> $handle {
            /// Fills it with zeros, for types that are [`FromZeros`].
            #[must_use]
            #[inline]
            pub fn from_zeros(handle: Self) -> $initialised
            where
                T: FromZeros,
            {
                // SAFETY: I10. `FromZeros` says that all zeros are a valid `T`.
                unsafe { Self::zeroed(handle) }
            }

            /// Takes the bytes that are there for values, and writes none, for types that are [`FromBytes`]: see
            /// [`Block::freeze`].
            #[must_use]
            #[inline]
            pub fn from_bytes(handle: Self) -> $initialised
            where
                T: FromBytes,
            {
                // SAFETY: I10. `FromBytes` says that any bytes are a valid `T`.
                unsafe { Self::frozen(handle) }
            }
        }
    )*};
}

from_bytes! {
    impl() Block<MaybeUninit<T>> => Block<T>;
    impl() Run<MaybeUninit<T>> => Run<T>;
    impl(const MAX: usize) Scatter<MaybeUninit<T>, MAX> => Scatter<T, MAX>;
}
