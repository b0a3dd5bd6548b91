//! The macros of [`mem-blocks`](https://docs.rs/mem-blocks), which re-exports them. Depend on that
//! crate, not on this one.
//!
//! [`macro@mem_blocks`] completes one `static` that has a type and no value; [`define_mem_blocks!`]
//! holds any number of such items. Both read the same grammar:
//!
//! ```text
//! item    = { attribute } [ visibility ] "static" NAME ":" TYPE ";"
//! options = [ option { "," option } [ "," ] ]
//! option  = "align" "=" EXPR | "uninit" | "listener" "=" PATH | "crate" "=" PATH
//!         | "unsafe" "(" danger { "," danger } ")"
//! danger  = "section" "=" STRING | "buffer" "=" PATH | "address" "=" EXPR
//! ```
//!
//! One of the attributes may be `#[mem_blocks(options)]`. TYPE is any type that is a `MemBlocks`,
//! EXPR any constant expression of type `usize`. Each part can be a fragment of a `macro_rules!`
//! macro. The static that results is of the written type; its value, and all that belongs to it, is
//! inside the initialiser.
//!
//! # Rules
//!
#![doc = include_str!("rules.md")]
//!
//! # Sections
//!
//! `section` and `uninit` say where a linker script puts the buffer. They take effect on targets
//! with ELF sections and without an operating system (`target_os = "none"`, WebAssembly excepted)
//! and are ignored on all others.
#![forbid(unsafe_code)]

mod complete;
mod diagnostics;
mod expand;
#[cfg(test)]
mod expanded;
#[cfg(test)]
mod messages;
mod model;
mod parse;
mod place;
mod scan;
mod section;
mod validate;
mod written;

use proc_macro::TokenStream;

/// Completes one `static` memory blocks allocator: an item with a type and no value.
///
/// ```
/// use mem_blocks::{MemBlocks, mem_blocks};
///
/// /// Ethernet frames, in the bank that the MAC's DMA can reach.
/// #[mem_blocks(align = 32, unsafe(section = ".sram2"))]
/// pub static FRAMES: MemBlocks<[u8; 1536], 8>; // 8 blocks of 1536 bytes
///
/// let frame = FRAMES.alloc_zeroed()?;
/// assert_eq!(frame.as_ptr() as usize % 32, 0);
/// # Ok::<(), mem_blocks::AllocError>(())
/// ```
///
/// | Option | Means |
/// |---|---|
/// | `align = EXPR` | every block starts on a multiple of `EXPR`: a power of two that divides the block size. Without it the buffer starts on `max(4, align_of::<T>())`, and each block on `align_of::<T>()` |
/// | `uninit` | the buffer goes to `.uninit.*`: start-up does not zero it, and a warm reset keeps it |
/// | `unsafe(section = "NAME")` | the buffer, and nothing else, goes to that section of the linker script. `unsafe` because data in some sections is run as code |
/// | `unsafe(buffer = PATH)` | the blocks are those of the static `PATH`, a `BlockBuffer` of the same type and number. `unsafe` because two allocators must not share a buffer |
/// | `unsafe(address = EXPR)` | the blocks start at that address, a multiple of `align` as a buffer's would be. `unsafe` because nothing else may use the memory there |
/// | `listener = PATH` | the function `PATH`, a `fn(&RawMemBlocks, Event<'_>)`, is told of what the allocator does. An allocator without one pays nothing for it |
/// | `crate = PATH` | where the runtime crate is, if not at `::mem_blocks` |
///
/// `uninit`, `section`, `buffer` and `address` exclude one another. Expressions are constants of
/// type `usize`. Sections are ignored on targets with an operating system.
///
/// Options can depend on a condition, or on up to six:
/// `#[cfg_attr(feature = "retain", mem_blocks(uninit))]`.
///
/// A listener is the path of a function, or of a constant that is a pointer to one:
///
/// ```
/// use mem_blocks::{Event, MemBlocks, RawMemBlocks, mem_blocks};
///
/// fn record(pool: &RawMemBlocks, event: Event<'_>) {
///     println!("blocks of {} bytes: {event:?}", pool.block_size());
/// }
///
/// #[mem_blocks(listener = record)]
/// static FRAMES: MemBlocks<[u8; 1536], 8>;
///
/// let frame = FRAMES.alloc()?;
/// # Ok::<(), mem_blocks::AllocError>(())
/// ```
///
/// The other attributes of the item, its documentation and `cfg` among them, stay on it. An
/// attribute that places a static, such as `link_section`, places the descriptor, not the buffer.
#[proc_macro_attribute]
pub fn mem_blocks(options: TokenStream, item: TokenStream) -> TokenStream {
    complete::items(parse::attribute(options.into(), item.into())).into()
}

/// Defines any number of `static` memory blocks allocators, each with its own optional
/// [`#[mem_blocks(..)]`](macro@mem_blocks).
///
/// ```
/// use mem_blocks::{MemBlocks, define_mem_blocks};
///
/// const CACHE_LINE: usize = 32;
/// const CHANNELS: usize = 4;
///
/// struct Descriptor([u32; 8]);
///
/// define_mem_blocks! {
///     /// Private to this module.
///     static SCRATCH: MemBlocks<[u8; 64], 4>;
///
///     #[mem_blocks(align = CACHE_LINE, uninit)]
///     pub(crate) static DESCRIPTORS: MemBlocks<Descriptor, { 2 * CHANNELS }>;
/// }
///
/// let descriptor = DESCRIPTORS.alloc_with(|| Descriptor([0; 8]))?;
/// assert_eq!(descriptor.0[7], 0);
/// assert_eq!(SCRATCH.available(), 4);
/// # Ok::<(), mem_blocks::AllocError>(())
/// ```
///
/// It stands where items can stand: at file scope, in a module, in a function. A mistake in one
/// item leaves the others as they are.
#[proc_macro]
pub fn define_mem_blocks(items: TokenStream) -> TokenStream {
    complete::items(parse::items(items.into())).into()
}
