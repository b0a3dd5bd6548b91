//! Names that the user's own items take from the prelude, the primitive types and the crates.
#![allow(non_camel_case_types, dead_code, unused_macros)]

use ::mem_blocks::{
    Block, MemBlocks as Pool, define_mem_blocks as pools, mem_blocks as pool,
    packet_pool as packets,
};

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
struct Listener;
struct Event;
struct Operations;
trait Definition {}
trait Sized {}
trait Sync {}
mod core {}
mod std {}
mod mem_blocks {}

type Byte = ::core::primitive::u8;

impl Listener {
    fn listened(_: &::mem_blocks::RawMemBlocks, _: ::mem_blocks::Event<'_>) {}
}

static MEMORY: ::mem_blocks::BlockBuffer<[Byte; 16], 4> = ::mem_blocks::BlockBuffer::new();

#[pool(align = 16)]
static ATTRIBUTE: Pool<[Byte; 16], 4>;

pools! {
    #[mem_blocks(align = 8, uninit)]
    static LISTED: Pool<[Byte; 16], 4>;
    #[mem_blocks(unsafe(section = ".sram2"), crate = ::mem_blocks)]
    static SECTION: Pool<[Byte; 16], 4>;
    #[mem_blocks(unsafe(buffer = MEMORY), align = 4)]
    static BUFFER: Pool<[Byte; 16], 4>;
    #[mem_blocks(listener = Listener::listened)]
    static LISTENED: Pool<[Byte; 16], 4>;
    #[mem_blocks(unsafe(address = 0x1000))]
    static ADDRESS: Pool<[Byte; 16], 4>;
}

/// The one primitive name that is given to an allocator.
struct u16(Byte, Byte, Byte);

pools! {
    static THREE_BYTES: Pool<u16, 4>;
}

pools! {
    static PACKETS: Pool<[Byte; 8], 2>;
}

packets! {
    struct Packets(Packet) = &PACKETS;
}

#[test]
fn shadowed_names_change_nothing_of_packets() {
    let packet = Packets::allocate().expect("there should be a packet");
    assert_eq!((packet.len(), Packets::available()), (Packets::MTU, 1));
}

#[test]
fn shadowed_names_change_nothing() {
    // Each has memory of its own, and enough of it.
    for byte in [1, 2] {
        let pools = [&ATTRIBUTE, &LISTED, &LISTENED, &SECTION, &BUFFER];
        let blocks = pools.map(|pool| {
            let blocks = pool.alloc_array::<4>().expect("an allocator should have its blocks");
            blocks.map(|block| Block::write(block, [byte; 16]))
        });
        let mut starts = blocks.as_flattened().iter().map(|block| block.as_ptr().addr());
        let mut starts = starts.by_ref().collect::<Vec<_>>();
        starts.sort_unstable();
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= 16), "{starts:x?}");
        assert!(blocks.as_flattened().iter().all(|block| **block == [byte; 16]));
    }
    assert_eq!(ADDRESS.available(), 4);
}

#[test]
fn the_users_type_is_the_users() {
    assert_eq!(THREE_BYTES.raw().block_size(), 3);
    assert_eq!(THREE_BYTES.raw().buffer().len(), 12);
}
