//! `packet_pool!`: a pool as a type, for stacks that are told by a type where their packets lie.

use crate::block::Block;
use crate::mem_blocks::MemBlocks;

/// Makes a type of a pool of bytes, and another of its packets.
///
/// For stacks that want a packet pool as a type with associated functions, such as the Bluetooth host `trouble-host`. Their
/// traits are foreign and so are the pool and its blocks; these types are yours, so that you can implement
/// the traits for them:
///
/// ```
/// # mod trouble_host {
/// #     pub trait Packet: Sized + AsRef<[u8]> + AsMut<[u8]> {}
/// #     pub trait PacketPool: 'static {
/// #         type Packet: Packet;
/// #         const MTU: usize;
/// #         fn allocate() -> Option<Self::Packet>;
/// #         fn capacity() -> usize;
/// #     }
/// # }
/// use mem_blocks::{MemBlocks, mem_blocks, packet_pool};
///
/// /// 8 packets, as long as the link layer's longest.
/// #[mem_blocks]
/// static PACKETS: MemBlocks<[u8; 251], 8>;
///
/// packet_pool! {
///     /// The memory of the Bluetooth host.
///     pub struct HostPackets(HostPacket) = &PACKETS;
/// }
///
/// impl trouble_host::Packet for HostPacket {}
///
/// impl trouble_host::PacketPool for HostPackets {
///     type Packet = HostPacket;
///     const MTU: usize = Self::MTU;
///
///     fn allocate() -> Option<HostPacket> {
///         Self::allocate()
///     }
///
///     fn capacity() -> usize {
///         Self::capacity()
///     }
/// }
///
/// let mut packet = HostPackets::allocate().ok_or("no packet")?;
/// packet[..2].copy_from_slice(&[0x02, 0x20]);
/// assert_eq!((packet.len(), HostPackets::available()), (HostPackets::MTU, 7));
///
/// drop(packet);
/// assert_eq!(HostPackets::available(), 8);
/// # Ok::<(), &str>(())
/// ```
///
/// # What it takes
///
/// Any number of items `VISIBILITY struct POOL(PACKET) = &STATIC;`. The static is a pool of arrays of bytes, so that the
/// compiler knows how long a packet is; where it lies and how it is aligned is said in its own definition.
/// Attributes and documentation before `struct` go to the type of the pool, those before `PACKET` to that of
/// the packets. To make both depend on a condition, write it before the macro: `#[cfg(..)] packet_pool! { .. }`.
///
/// Of one static there can be several such types, and it can be used besides: all take from the same blocks.
///
/// # What it makes
///
/// Of the pool, a type without a content. It is `Copy`, for stacks that want a value of it. It has
///
/// | Item | Is |
/// |---|---|
/// | `MTU: usize` | the size of a packet in bytes |
/// | `allocate() -> Option<PACKET>` | a packet, if there is one; its bytes are [what is there](Block::freeze) |
/// | `capacity() -> usize` | the number of packets, in use or not; `const` |
/// | `available() -> usize` | the number of free packets; a snapshot |
///
/// Of the packets, a handle that owns its block and gives it back when it is dropped: `Deref`, `DerefMut`, `AsRef` and `AsMut`
/// to `[u8]`, always `MTU` bytes long; `Debug`; `Send` and `Sync`. It is as large as a [`Block`], two words.
/// `into_block()`, or `From`, makes a `Block<[u8; MTU]>` of it, and `From` a packet of such a block: one that a
/// DMA engine has filled, for example, from whatever pool it is.
///
/// All of it can be used in interrupts. What it costs is what [`MemBlocks::alloc`] and a [`Block`] cost.
///
/// # Other stacks
///
/// [The guide](crate::guide::packet_pools) has the traits of `smoltcp`, `embassy-net-driver` and `nrf-softdevice`.
///
/// # What is no pool of bytes
///
/// is refused, with an error at the word:
///
/// ```compile_fail,E0308
/// # use mem_blocks::{MemBlocks, mem_blocks, packet_pool};
/// #[mem_blocks]
/// static WORDS: MemBlocks<[u32; 64], 8>;
///
/// packet_pool! {
///     pub struct HostPackets(HostPacket) = &WORDS;
/// }
/// ```
#[macro_export]
macro_rules! packet_pool {
    ($(
        $(#[$pool_attribute:meta])*
        $visibility:vis struct $Pool:ident($(#[$packet_attribute:meta])* $Packet:ident) = $pool:expr;
    )*) => {$(
        $(#[$pool_attribute])*
        ///
        #[doc = ::core::concat!(
            "A pool of packets, each a [`", ::core::stringify!($Packet), "`]."
        )]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        $visibility struct $Pool;

        #[allow(dead_code)]
        impl $Pool {
            /// The size of a packet in bytes.
            $visibility const MTU: ::core::primitive::usize =
                $crate::__private::packets($pool).size();

            /// Takes a packet, if there is one. Its bytes are whatever is there.
            #[must_use]
            #[inline]
            $visibility fn allocate() -> ::core::option::Option<$Packet> {
                $crate::__private::packets($pool).alloc().map($Packet)
            }

            /// The number of packets, in use or not.
            #[must_use]
            #[inline]
            $visibility const fn capacity() -> ::core::primitive::usize {
                $crate::__private::packets($pool).count()
            }

            /// The number of free packets. A snapshot.
            #[must_use]
            #[inline]
            $visibility fn available() -> ::core::primitive::usize {
                $crate::__private::packets($pool).available()
            }
        }

        $(#[$packet_attribute])*
        ///
        #[doc = ::core::concat!(
            "A packet of [`", ::core::stringify!($Pool), "`]: gives itself back when it is dropped."
        )]
        #[derive(::core::fmt::Debug)]
        $visibility struct $Packet($crate::Block<[::core::primitive::u8; $Pool::MTU]>);

        #[allow(dead_code)]
        impl $Packet {
            /// The block in which the packet lies.
            #[must_use]
            #[inline]
            $visibility fn into_block(self) -> $crate::Block<[::core::primitive::u8; $Pool::MTU]> {
                self.0
            }
        }

        impl ::core::ops::Deref for $Packet {
            type Target = [::core::primitive::u8];

            #[inline]
            fn deref(&self) -> &[::core::primitive::u8] {
                &*self.0
            }
        }

        impl ::core::ops::DerefMut for $Packet {
            #[inline]
            fn deref_mut(&mut self) -> &mut [::core::primitive::u8] {
                &mut *self.0
            }
        }

        impl ::core::convert::AsRef<[::core::primitive::u8]> for $Packet {
            #[inline]
            fn as_ref(&self) -> &[::core::primitive::u8] {
                self
            }
        }

        impl ::core::convert::AsMut<[::core::primitive::u8]> for $Packet {
            #[inline]
            fn as_mut(&mut self) -> &mut [::core::primitive::u8] {
                self
            }
        }

        impl ::core::convert::From<$crate::Block<[::core::primitive::u8; $Pool::MTU]>> for $Packet {
            #[inline]
            fn from(block: $crate::Block<[::core::primitive::u8; $Pool::MTU]>) -> Self {
                Self(block)
            }
        }

        impl ::core::convert::From<$Packet> for $crate::Block<[::core::primitive::u8; $Pool::MTU]> {
            #[inline]
            fn from(packet: $Packet) -> Self {
                packet.0
            }
        }
    )*};
}

/// A pool of bytes, as [`packets`] found it.
#[derive(Clone, Copy, Debug)]
pub struct Packets<const SIZE: usize, const N: usize> {
    pool: &'static MemBlocks<[u8; SIZE], N>,
}

/// The one function that asks for the type of the pool: the compiler says the same thing at the same place only once.
#[must_use]
#[inline]
pub const fn packets<const SIZE: usize, const N: usize>(
    pool: &'static MemBlocks<[u8; SIZE], N>,
) -> Packets<SIZE, N> {
    Packets { pool }
}

impl<const SIZE: usize, const N: usize> Packets<SIZE, N> {
    /// The size of a packet in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        SIZE
    }

    /// The number of packets.
    #[must_use]
    pub const fn count(self) -> usize {
        N
    }

    /// Takes a packet, as it is.
    #[must_use]
    #[inline]
    pub fn alloc(self) -> Option<Block<[u8; SIZE]>> {
        self.pool.alloc().ok().map(Block::freeze)
    }

    /// The number of free packets. A snapshot.
    #[must_use]
    #[inline]
    pub fn available(self) -> usize {
        self.pool.available()
    }
}
