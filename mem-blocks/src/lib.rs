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
//! * Several blocks in one call, all of them or none, under one lock: as separate handles
//!   ([`alloc_array`]), as one handle for scatter-gather DMA ([`alloc_scatter`]), as adjacent blocks
//!   ([`alloc_contiguous`], [`alloc_contiguous_in`]), or exactly these ([`claim`]).
//! * Handles own their blocks: [`Block`], [`Run`], [`Scatter`]. A block cannot be freed twice, used
//!   after it was freed, or freed to the wrong allocator. By address ([`RawMemBlocks`]), what can be
//!   seen is refused at run time: a double free, an address of another buffer or inside a block.
//! * An allocator is a `static`, defined at compile time by [`mem_blocks`](macro@mem_blocks) or
//!   [`define_mem_blocks!`], in safe code. Mistakes in a definition are compile errors. Nothing runs
//!   at start-up.
//! * Allocators can be put in a [`Group`]; a function chooses the member that serves a request.
//!
//! [`alloc_array`]: MemBlocks::alloc_array
//! [`alloc_scatter`]: MemBlocks::alloc_scatter
//! [`alloc_contiguous`]: MemBlocks::alloc_contiguous
//! [`alloc_contiguous_in`]: MemBlocks::alloc_contiguous_in
//! [`claim`]: MemBlocks::claim
//!
//! # Where things lie
//!
//! | What | Where | Size |
//! |---|---|---|
//! | descriptor ([`RawMemBlocks`]) | flash (`.rodata`) | 24 bytes on a 32-bit target |
//! | bitmap | RAM (`.bss`) | 4 bytes for every 32 blocks, rounded up |
//! | buffer | `.bss`, `.uninit.*`, the section, `static` or address that you name | block size times number of blocks |
//!
//! Nothing lies in `.data`. A section of another name than `.bss.*` takes flash and start-up time
//! unless the linker script marks it `(NOLOAD)`; the README has a fragment of a script that is right
//! for cortex-m-rt and riscv-rt.
//!
//! # The lock
//!
//! Every operation on blocks runs in one critical section, for a number of instructions that is
//! bounded by the number of 32-bit words in the bitmap plus the number of blocks that are asked
//! for; the README has a table of it. Handles that are dropped one by one take it one by one. No
//! closure of yours, no `Drop`, no zero-fill and no formatting runs under it. The program must
//! provide an implementation of `critical-section`, as most HALs and runtime crates do; on a host,
//! that crate's feature `std` does.
//!
//! So allocators can be used in every interrupt that a critical section masks, and from every core
//! that it excludes. On Cortex-M, NMI and `HardFault` are not masked: do not allocate or free there,
//! and do not drop a handle there.
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
//! | `defmt` | `defmt::Format` for the error types |
//! | `stable_deref_trait` | `StableDeref` for the handles that dereference |
//!
//! Neither is on by default.
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
mod geometry;
#[allow(unsafe_code)] // makes owning handles of addresses
mod group;
#[allow(unsafe_code)] // reaches what the lock protects
mod lock;
#[allow(unsafe_code)] // makes owning handles of addresses
mod mem_blocks;
mod message;
#[allow(unsafe_code)] // makes an address of an index
mod raw;
#[allow(unsafe_code)] // takes ownership of blocks apart and puts it together
mod run;
#[allow(unsafe_code)] // takes ownership of blocks apart and puts it together
mod scatter;

pub use bitmap::bitmap_words;
pub use block::Block;
pub use buffer::{Alignment, BlockBuffer, SupportedAlignment};
pub use error::{AddError, AllocError, ClaimError, FreeError, FreeErrorKind, GroupError};
pub use group::{Choose, Group, GroupBlock, GroupRun};
pub use mem_blocks::MemBlocks;
pub use mem_blocks_macros::{define_mem_blocks, mem_blocks};
pub use raw::{Bitmap, RawMemBlocks};
pub use run::Run;
pub use scatter::{Scatter, ScatterIter, ScatterIterMut, ScatterRuns, ScatterRunsMut};
