//! A memory blocks allocator: hands out blocks of one fixed size from a static buffer. No heap.
//!
//! For firmware that needs packets, audio frames, DMA descriptors or sensor samples: buffers of a
//! fixed size, taken and given back in any order, from main code and from interrupts.
//!
//! ```
//! use mem_blocks::{mem_blocks, Block, MemBlocks};
//!
//! /// 8 Ethernet frames, in the bank that the MAC's DMA reaches.
//! // SAFETY: `.sram2` is plain RAM in the linker script.
//! #[mem_blocks(align = 32, unsafe(section = ".sram2"))]
//! static FRAMES: MemBlocks<[u8; 1536], 8>;
//!
//! let mut frame = FRAMES.alloc_zeroed()?;      // Block<[u8; 1536]>: gives itself back when dropped
//! frame[..6].fill(0xff);
//!
//! let pair = FRAMES.alloc_array::<2>()?;       // two blocks, both or none
//! let run = FRAMES.alloc_contiguous(3)?;       // one slice of three adjacent blocks
//! assert_eq!(FRAMES.available(), 2);
//! # Ok::<(), mem_blocks::AllocError>(())
//! ```
//!
//! # What makes it different
//!
//! **All bookkeeping is a bitmap outside the buffer**, one bit a block. The allocator never reads or
//! writes a byte of the buffer: it may lie in memory that is slow, cached, write-only, shared with a
//! DMA engine, powered down, not zeroed at start-up, or not yet initialised.
//!
//! * Any block size, never rounded; all blocks of an allocator have the same.
//! * Several blocks in one call, all of them or none: as separate handles
//!   ([`alloc_array`]), as one handle for scatter-gather DMA ([`alloc_scatter`]), as adjacent blocks
//!   ([`alloc_contiguous`], [`alloc_contiguous_in`]), or exactly these ([`claim`]).
//! * Handles own their blocks: [`Block`], [`Run`], [`Scatter`]. A block cannot be freed twice, used
//!   after it was freed, or freed to the wrong allocator. By address ([`RawMemBlocks`]), what can be
//!   seen is refused at run time: a double free, an address of another buffer or inside a block.
//! * An allocator is a `static`, defined at compile time by [`mem_blocks`](macro@mem_blocks) or
//!   [`define_mem_blocks!`], in safe code. Mistakes in a definition are compile errors. Nothing runs
//!   at start-up.
//! * Allocators can be put in a [`Group`]; a function chooses the member that serves a request.
//! * A pool can be a type, for stacks that ask for their packets' memory by one: [`packet_pool!`].
//!
//! [`alloc_array`]: MemBlocks::alloc_array
//! [`alloc_scatter`]: MemBlocks::alloc_scatter
//! [`alloc_contiguous`]: MemBlocks::alloc_contiguous
//! [`alloc_contiguous_in`]: MemBlocks::alloc_contiguous_in
//! [`claim`]: MemBlocks::claim
//!
//! The [`guide`] answers questions: which memory for DMA, how large, from an interrupt, for containers, with Embassy or RTIC,
//! with Bluetooth and network stacks, from C, from `heapless::pool`, from Zephyr.
//!
//! # Where things lie
//!
//! | What | Where | Size |
//! |---|---|---|
//! | descriptor ([`RawMemBlocks`]) | flash (`.rodata`) | 28 bytes on a 32-bit target; with the feature `stats` 4 more, with `name` 8 and the name; with a listener 64 |
//! | bitmap | RAM (`.bss`) | 4 bytes for every 32 blocks, rounded up; its summary: a word for every 32 of these, if there is more than one, and again |
//! | counts, with the feature `stats` | with the bitmap | 12 bytes |
//! | buffer | `.bss`, `.uninit.*`, the section, `static` or address that you name | block size times number of blocks |
//!
//! Nothing lies in `.data`. A section of another name than `.bss.*` takes flash and start-up time
//! unless the linker script marks it `(NOLOAD)`; the README has a fragment of a script that is right
//! for cortex-m-rt and riscv-rt.
//!
//! # Interrupts and cores
//!
//! All of it can be used from main code, from interrupts, from tasks and from every core, at the
//! same time. How that is done depends on the number of blocks:
//!
//! * **Up to 32 blocks**, the bitmap is one word, and each operation, on any number of blocks, is one
//!   exchange of it. Where the core has a compare-and-swap (Cortex-M3 and up, RISC-V with atomic
//!   instructions, hosts), interrupts are never off, nobody waits, and pools have nothing to do with
//!   each other. Elsewhere (Cortex-M0, RISC-V without), and with the feature `stats`, the exchange is a
//!   critical section of a few instructions.
//! * **More blocks** are taken and given back in critical sections, each of a few instructions,
//!   however many blocks there are or are asked for. What to do is worked out before, and done if
//!   nothing has changed. A change of several words is announced and then done word by word: an
//!   interrupt, or another core, that comes meanwhile finishes it first and then does its own. So
//!   nothing is ever seen half done, and an interrupt never waits for what it has interrupted; but it
//!   may have some steps of another pool's change to do. Lists of blocks (on the stack, for
//!   [`alloc_array`](MemBlocks::alloc_array), [`alloc_scatter`](MemBlocks::alloc_scatter) and
//!   [`Group::alloc_array`]; else the argument of [`RawMemBlocks::alloc`] and of the `free`s) must lie
//!   where all of them can reach them: not in memory of one core alone, or of one task.
//!   A search that something else disturbs is made again: of blocks of several words, a refusal, and
//!   a count, have to be of one moment. Besides them, a program with such a pool has 28 bytes of RAM
//!   for what is under way.
//!
//! Nothing is refused falsely: [`Exhausted`](AllocError::Exhausted) says that at one moment during
//! the call there were not as many free blocks. No closure of yours, no `Drop`, no zero-fill and no
//! formatting runs in a critical section. The README has a table of instructions and of the longest
//! stretch with interrupts off, for each operation and core.
//!
//! The program must provide an implementation of `critical-section`, as most HALs and runtime crates
//! do; on a host, that crate's feature `std` does. On Cortex-M, NMI and `HardFault` are not masked
//! by it: where it is used, do not allocate or free there, and do not drop a handle there.
//!
//! # What it does not do
//!
//! * Wait for a block: a request that cannot be served fails at once.
//! * Blocks of several sizes from one buffer: define one allocator a size and a [`Group`], or use a
//!   heap.
//! * Cache maintenance: a block that a DMA engine writes behind the cache is yours to invalidate.
//!   Align such blocks to the cache line, and make their size a multiple of it.
//!
//! # Features
//!
//! | Feature | Adds |
//! |---|---|
//! | `allocator-api2` | the trait `Allocator` of allocator-api2 0.4 for pools: its `Box` and `Vec` in adjacent blocks, see [the guide](guide::containers) |
//! | `allocator-api2-02` | the same of allocator-api2 0.2, which is the trait of `hashbrown`'s maps |
//! | `defmt` | `defmt::Format` for errors, allocators, groups and handles: [Looking at it](MemBlocks#looking-at-it) |
//! | `listener` | the option `listener` of the macros: a function that an allocator tells of each alloc, claim, free and refusal |
//! | `name` | `MemBlocks::name` and `RawMemBlocks::name`: the name of the `static`, also in `Debug` and logs |
//! | `stable_deref_trait` | `StableDeref` for the handles that dereference, and by that the buffer traits of `embedded-dma` |
//! | `stats` | `MemBlocks::stats`: used, free, max used, largest free run, refusals, of one moment; `reset_max_used`. Three words of RAM a pool, and pools of up to 32 blocks take the lock as well (what it costs is in the README) |
//! | `zerocopy` | `alloc_from_zeros`, `from_zeros` and `from_bytes` of the handles, for types that derive the traits of [`zerocopy`](https://docs.rs/zerocopy) |
//!
//! None is on by default.
//!
//! # Targets
//!
//! `no_std`; every target with 32-bit pointers or more, with or without atomic instructions: Cortex-M0
//! to M85, RISC-V, and Linux, macOS and Windows for tests and simulation, where a section in a
//! definition is ignored. The least supported Rust is 1.85.

#![no_std]

// The modules that may contain unsafe code are those that are allowed it here, and no others.

#[allow(unsafe_code)] // binds a buffer and a bitmap to an allocator
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(any(feature = "allocator-api2", feature = "allocator-api2-02"))]
#[allow(unsafe_code)] // lends blocks to containers, and moves their content
mod allocator;
mod bitmap;
#[allow(unsafe_code)] // takes ownership of a block apart and puts it together
mod block;
#[allow(unsafe_code)] // shares memory of which it gives nothing but the address
mod buffer;
mod checks;
pub mod choose;
mod defer;
mod definition;
mod error;
#[allow(unsafe_code)] // makes values of memory that nobody has written
mod freeze;
mod geometry;
#[allow(unsafe_code)] // makes owning handles of addresses
mod group;
#[cfg(doc)]
pub mod guide;
#[cfg(feature = "listener")]
mod listener;
#[allow(unsafe_code)] // reaches what the lock protects, and exchanges a word by hand
mod lock;
mod map;
#[allow(unsafe_code)] // makes owning handles of addresses
mod mem_blocks;
mod message;
mod packet_pool;
#[allow(unsafe_code)] // makes an address of an index
mod raw;
#[allow(unsafe_code)] // takes ownership of blocks apart and puts it together
mod run;
#[allow(unsafe_code)] // takes ownership of blocks apart and puts it together
mod scatter;
#[cfg(feature = "stats")]
mod stats;
mod tally;
mod view;
#[allow(unsafe_code)] // makes values of bytes, by the traits that say so
#[cfg(feature = "zerocopy")]
mod zerocopy;

pub use bitmap::bitmap_words;
pub use block::Block;
pub use buffer::{Alignment, BlockBuffer, SupportedAlignment};
pub use error::{AddError, AllocError, ClaimError, FreeError, FreeErrorKind, GroupError};
pub use group::{Choose, Group, GroupBlock, GroupRun};
#[cfg(feature = "listener")]
pub use listener::{Blocks, Event, Listener};
pub use mem_blocks::MemBlocks;
pub use mem_blocks_macros::{define_mem_blocks, mem_blocks};
pub use raw::{Bitmap, RawMemBlocks};
pub use run::Run;
pub use scatter::{Scatter, ScatterIter, ScatterIterMut, ScatterRuns, ScatterRunsMut};
#[cfg(feature = "stats")]
pub use stats::Stats;
