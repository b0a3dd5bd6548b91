//! Pools as types.

use mem_blocks::{Block, MemBlocks, define_mem_blocks, mem_blocks, packet_pool};

/// Two traits of a stack, as its packets' memory has to implement them.
trait Packet: Sized + AsRef<[u8]> + AsMut<[u8]> {}
trait PacketPool: 'static {
    type Packet: Packet;
    const MTU: usize;
    fn allocate() -> Option<Self::Packet>;
    fn capacity() -> usize;
}

/// Implements them for what `packet_pool!` has made.
macro_rules! for_the_stack {
    ($Pool:ident, $Packet:ident) => {
        impl Packet for $Packet {}
        impl PacketPool for $Pool {
            type Packet = $Packet;
            const MTU: usize = Self::MTU;

            fn allocate() -> Option<$Packet> {
                Self::allocate()
            }

            fn capacity() -> usize {
                Self::capacity()
            }
        }
    };
}

#[test]
fn a_packet_is_a_block_as_it_is_and_gives_it_back() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 27], 3>;
    packet_pool!(struct Packets(Packet) = &POOL;);

    assert_eq!((Packets::MTU, Packets::capacity(), Packets::available()), (27, 3, 3));
    let mut packet = Packets::allocate().unwrap();
    assert_eq!((packet.len(), Packets::available(), POOL.used()), (27, 2, 1));
    packet.fill(0xff);
    drop(packet);
    assert_eq!((Packets::available(), POOL.used()), (3, 0));
    assert!(cfg!(miri) || Packets::allocate().unwrap().iter().all(|&byte| byte == 0xff));
}

#[test]
fn an_exhausted_pool_gives_none_and_keeps_its_capacity() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 4], 2>;
    packet_pool!(struct Packets(Packet) = &POOL;);

    let packets = [Packets::allocate().unwrap(), Packets::allocate().unwrap()];
    assert!(Packets::allocate().is_none());
    assert_eq!((Packets::capacity(), Packets::available()), (2, 0));
    drop(packets);
    assert!(Packets::allocate().is_some());
}

#[test]
fn a_packet_is_seen_as_bytes_in_every_way() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 4], 1>;
    packet_pool!(struct Packets(Packet) = &POOL;);

    let mut packet = Packets::allocate().unwrap();
    packet[1] = 1;
    packet.as_mut()[2] = 2;
    assert_eq!((&*packet, packet.as_ref()), (&[0, 1, 2, 0][..], &[0, 1, 2, 0][..]));
    assert_eq!(format!("{packet:?} of {Packets:?}"), "Packet([0, 1, 2, 0]) of Packets");
}

#[test]
fn a_packet_is_made_of_a_block_and_a_block_of_a_packet() {
    define_mem_blocks! {
        static POOL: MemBlocks<[u8; 8], 2>;
        static OTHER: MemBlocks<[u8; 8], 1>;
    }
    packet_pool!(struct Packets(Packet) = &POOL;);

    // As a DMA engine would have filled it.
    let received = Block::write(POOL.alloc().unwrap(), [7; 8]);
    let address = received.as_ptr();
    let packet = Packet::from(received);
    assert_eq!((packet.as_ptr(), packet[7]), (address, 7));
    let block: Block<[u8; 8]> = packet.into_block();
    assert_eq!((block.as_ptr(), Block::index(&block)), (address, 0));

    let foreign = Packet::from(OTHER.alloc_zeroed().unwrap());
    assert_eq!((POOL.used(), OTHER.used()), (1, 1));
    drop(Block::from(foreign));
    assert_eq!((POOL.used(), OTHER.used()), (1, 0));
}

#[test]
fn a_packet_goes_to_another_thread() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 8], 2>;
    packet_pool!(struct Packets(Packet) = &POOL;);

    let packet = Packets::allocate().unwrap();
    std::thread::spawn(move || drop(packet)).join().unwrap();
    assert_eq!(Packets::available(), 2);
}

#[test]
fn two_types_of_one_pool_share_its_blocks() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 8], 2>;
    packet_pool! {
        struct Received(ReceivedPacket) = &POOL;
        struct Sent(SentPacket) = &POOL;
    }
    let packets = (Received::allocate().unwrap(), Sent::allocate().unwrap());
    assert!(Received::allocate().is_none() && Sent::allocate().is_none());
    drop(packets);
    assert_eq!((Received::available(), Sent::available()), (2, 2));
}

#[test]
fn a_packet_is_as_large_as_a_block() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 8], 2>;
    packet_pool!(struct Packets(Packet) = &POOL;);
    assert_eq!((size_of::<Packet>(), size_of::<Packets>()), (2 * size_of::<usize>(), 0));
    assert_eq!(size_of::<Option<Packet>>(), size_of::<Packet>());
}

/// Somebody else's module, from where the pool is seen.
mod memory {
    use mem_blocks::{MemBlocks, mem_blocks};

    pub(super) const MTU: usize = 2 * 27;

    #[mem_blocks(align = 2)]
    pub(super) static PACKETS: MemBlocks<[u8; MTU], { 2 + 2 }>;
}

packet_pool! {
    /// At file scope, with attributes, of a pool elsewhere whose numbers are expressions.
    #[derive(PartialEq, Eq)]
    pub(crate) struct HostPackets(
        #[must_use]
        HostPacket
    ) = &memory::PACKETS;
}

for_the_stack!(HostPackets, HostPacket);

/// A stack that knows its memory by a type alone.
fn echo<P: PacketPool>(received: &[u8]) -> Option<P::Packet> {
    let mut packet = P::allocate()?;
    assert_eq!(packet.as_ref().len(), P::MTU);
    packet.as_mut()[..received.len()].copy_from_slice(received);
    Some(packet)
}

#[test]
fn a_stack_that_knows_a_pool_by_its_type_has_its_packets() {
    let mut packets = Vec::new();
    while let Some(packet) = echo::<HostPackets>(b"received") {
        assert!(packet.as_ref().starts_with(b"received\0"));
        packets.push(packet);
    }
    assert_eq!(packets.len(), <HostPackets as PacketPool>::capacity());
    assert_eq!((HostPackets::available(), memory::PACKETS.available()), (0, 0));
    packets.clear();
    assert_eq!((HostPackets::available(), <HostPackets as PacketPool>::MTU), (4, memory::MTU));
    assert!(HostPackets == HostPackets);
}
