//! The memory of the Bluetooth host `trouble-host`.

use mem_blocks::{MemBlocks, mem_blocks, packet_pool};
use trouble_host::{Controller, HostResources, Packet, PacketPool, Stack};

/// 8 packets, as long as the link layer's longest.
#[mem_blocks]
pub static PACKETS: MemBlocks<[u8; 251], 8>;

packet_pool! {
    /// The memory of the host.
    pub struct HostPackets(HostPacket) = &PACKETS;
}

impl Packet for HostPacket {}

impl PacketPool for HostPackets {
    type Packet = HostPacket;
    const MTU: usize = Self::MTU;

    fn allocate() -> Option<HostPacket> {
        Self::allocate()
    }

    fn capacity() -> usize {
        Self::capacity()
    }
}

/// What a host with one connection and two channels has besides its packets.
pub type Resources = HostResources<HostPackets, 1, 2>;

/// The host, for any controller.
pub fn host<C: Controller>(controller: C, resources: &mut Resources) -> Stack<'_, C, HostPackets> {
    trouble_host::new(controller, resources).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the host does it, which knows no more than the traits.
    fn receive<P: PacketPool>(bytes: &[u8]) -> Option<P::Packet> {
        let mut packet = P::allocate()?;
        packet.as_mut().get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(packet)
    }

    #[test]
    fn the_host_has_packets_of_the_pool() {
        assert_eq!(<HostPackets as PacketPool>::MTU, 251);
        assert_eq!(<HostPackets as PacketPool>::capacity(), 8);
        let packet = receive::<HostPackets>(&[0x04, 0x00]).unwrap();
        assert_eq!((packet.as_ref()[0], packet.as_ref().len(), PACKETS.used()), (4, 251, 1));
        assert!(receive::<HostPackets>(&[0; 252]).is_none());
        drop(packet);
        assert_eq!(PACKETS.used(), 0);
    }
}
