//! Names that the user's own items take from the prelude, the primitive types and the crates.
#![allow(non_camel_case_types, dead_code, unused_macros)]

use ::mem_blocks::{MemBlocks as Pool, define_mem_blocks as pools, mem_blocks as pool};

struct Option;
struct Result;
struct Some;
struct None;
struct MemBlocks;
struct BlockBuffer;
struct Bitmap;
struct usize;
struct u8;
struct u32;
trait Definition {}
trait Sized {}
trait Sync {}
mod core {}
mod std {}
mod mem_blocks {}
macro_rules! compile_error {
    () => {};
}
macro_rules! panic {
    () => {};
}

type Byte = ::core::primitive::u8;

#[pool(align = 16)]
static ATTRIBUTE: Pool<[Byte; 16], 4>;

pools! {
    #[mem_blocks(align = 8, uninit)]
    static LISTED: Pool<[Byte; 16], 4>;
    #[mem_blocks(unsafe(address = 0x1000))]
    static ADDRESS: Pool<[Byte; 16], 4>;
}

/// The one primitive name that is given to an allocator.
struct u16(Byte, Byte, Byte);

pools! {
    static THREE_BYTES: Pool<u16, 4>;
}

#[test]
fn shadowed_names_change_nothing() {
    assert_eq!(ATTRIBUTE.available() + LISTED.available() + ADDRESS.available(), 12);
}

#[test]
fn the_users_type_is_the_users() {
    assert_eq!(THREE_BYTES.raw().block_size(), 3);
}
