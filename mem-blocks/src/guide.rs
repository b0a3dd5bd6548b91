//! Questions of firmware authors, a page each. Part of the documentation alone: a program sees nothing of it.
//!
//! | Question | Page |
//! |---|---|
//! | Which memory does my DMA engine reach, and what of the cache? | [`dma_memory`] |
//! | How large are blocks, how many, one pool or several? | [`sizes`] |
//! | How do I use it from an interrupt? | [`interrupts`] |
//! | How do I put a `Box`, a `Vec` or a map in a pool? | [`containers`] |
//! | With Embassy? | [`embassy`] |
//! | With a Bluetooth or network stack? | [`packet_pools`] |
//! | With RTIC? | [`rtic`] |
//! | From C, and with blocks that C holds? | [`from_c`] |
//! | I have `heapless::pool`. What replaces what? | [`from_heapless`] |
//! | I have Zephyr's `sys_mem_blocks`. What replaces what? | [`from_zephyr`] |

#[doc = include_str!("guide/dma_memory.md")]
pub mod dma_memory {}
#[doc = include_str!("guide/sizes.md")]
pub mod sizes {}
#[doc = include_str!("guide/interrupts.md")]
pub mod interrupts {}
#[doc = include_str!("guide/containers.md")]
pub mod containers {}
#[doc = include_str!("guide/embassy.md")]
pub mod embassy {}
#[doc = include_str!("guide/packet_pools.md")]
pub mod packet_pools {}
#[doc = include_str!("guide/rtic.md")]
pub mod rtic {}
#[doc = include_str!("guide/from_c.md")]
pub mod from_c {}
#[doc = include_str!("guide/from_heapless.md")]
pub mod from_heapless {}
#[doc = include_str!("guide/from_zephyr.md")]
pub mod from_zephyr {}
