//! What the programs share: what a contender can do, and the calls that each makes of it, the same for all.

#![no_std]

pub mod contender;
pub mod content;
pub mod heap;
pub mod lent;
mod program;

pub use contender::{Complete, Contender, one_by_one};
pub use content::{Content, nothing};
pub use heap::Heap;
pub use lent::Lent;

/// What is in a block: 64 bytes, aligned like the blocks of every contender.
pub type Bytes = [u32; 16];

/// How many blocks a pool has.
pub const BLOCKS: usize = if cfg!(feature = "blocks-1024") {
    1024
} else if cfg!(feature = "blocks-128") {
    128
} else {
    32
};
