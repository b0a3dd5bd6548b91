//! A network interface of `smoltcp` that sends and receives packets of a pool.
//!
//! The wire is a loop: what is sent is received.

use mem_blocks::{MemBlocks, mem_blocks, packet_pool};
use smoltcp::{
    phy::{self, Device, DeviceCapabilities, Medium},
    time::Instant,
};

/// 4 packets, as long as an Ethernet frame's payload may be.
#[mem_blocks]
pub static PACKETS: MemBlocks<[u8; 1500], 4>;

packet_pool! {
    /// The memory of the interface.
    pub struct Frames(Frame) = &PACKETS;
}

/// A packet of which so many bytes were received: a token of `smoltcp` and, with the same method for a `&mut [u8]`, of
/// `embassy-net`.
#[derive(Debug)]
pub struct Received {
    frame: Frame,
    len: usize,
}

impl phy::RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        // The packet is free again when this returns.
        f(self.frame.get(..self.len).unwrap_or_default())
    }
}

impl embassy_net_driver::RxToken for Received {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, f: F) -> R {
        f(self.frame.get_mut(..self.len).unwrap_or_default())
    }
}

/// A packet to be filled, and where it goes then.
#[derive(Debug)]
pub struct ToSend<'wire> {
    frame: Frame,
    wire: &'wire mut Option<Received>,
}

impl phy::TxToken for ToSend<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(mut self, len: usize, f: F) -> R {
        // `smoltcp` asks for no more than the capabilities say.
        let result = f(self.frame.get_mut(..len).unwrap_or_default());
        *self.wire = Some(Received { frame: self.frame, len });
        result
    }
}

impl embassy_net_driver::TxToken for ToSend<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        phy::TxToken::consume(self, len, f)
    }
}

/// The device.
#[derive(Debug, Default)]
pub struct Loop {
    wire: Option<Received>,
}

impl Device for Loop {
    type RxToken<'a> = Received;
    type TxToken<'a> = ToSend<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received, ToSend<'_>)> {
        // A token to send goes with it, or the packet has to wait.
        let frame = self.wire.is_some().then(Frames::allocate)??;
        let received = self.wire.take()?;
        Some((received, ToSend { frame, wire: &mut self.wire }))
    }

    fn transmit(&mut self, _: Instant) -> Option<ToSend<'_>> {
        let frame = Frames::allocate()?;
        Some(ToSend { frame, wire: &mut self.wire })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = Frames::MTU;
        capabilities
    }
}

#[cfg(test)]
mod tests {
    use smoltcp::{
        iface::{Config, Interface, SocketSet, SocketStorage},
        socket::udp::{PacketBuffer, PacketMetadata, Socket},
        wire::{HardwareAddress, IpAddress, IpCidr},
    };

    use super::*;

    /// For a test that runs beside the other.
    #[mem_blocks]
    static OTHER: MemBlocks<[u8; Frames::MTU], 1>;

    const HERE: IpAddress = IpAddress::v4(127, 0, 0, 1);

    #[test]
    fn a_datagram_goes_around_in_packets_of_the_pool() {
        let mut device = Loop::default();
        let config = Config::new(HardwareAddress::Ip);
        let mut interface = Interface::new(config, &mut device, Instant::ZERO);
        interface.update_ip_addrs(|addresses| addresses.push(IpCidr::new(HERE, 8)).unwrap());

        let mut metadata = [[PacketMetadata::EMPTY; 2]; 2];
        let mut payload = [[0; 2048]; 2];
        let [received, sent] = metadata.each_mut().map(|metadata| &mut metadata[..]);
        let [received_payload, sent_payload] = payload.each_mut().map(|payload| &mut payload[..]);
        let mut socket = Socket::new(
            PacketBuffer::new(received, received_payload),
            PacketBuffer::new(sent, sent_payload),
        );
        socket.bind(7).unwrap();
        let mut storage = [SocketStorage::EMPTY];
        let mut sockets = SocketSet::new(&mut storage[..]);
        let socket = sockets.add(socket);

        let largest = [0xa5; 1472];
        sockets.get_mut::<Socket>(socket).send_slice(&largest, (HERE, 7)).unwrap();
        interface.poll(Instant::ZERO, &mut device, &mut sockets);
        interface.poll(Instant::ZERO, &mut device, &mut sockets);
        let (bytes, from) = sockets.get_mut::<Socket>(socket).recv().unwrap();
        assert_eq!((bytes, from.endpoint.addr), (&largest[..], HERE));
        assert_eq!(PACKETS.used(), 0);

        // Without a packet to send, nothing is sent; it is when there is one again.
        let all = [(); 4].map(|()| Frames::allocate().unwrap());
        sockets.get_mut::<Socket>(socket).send_slice(b"later", (HERE, 7)).unwrap();
        interface.poll(Instant::ZERO, &mut device, &mut sockets);
        assert!(!sockets.get_mut::<Socket>(socket).can_recv());
        drop(all);
        interface.poll(Instant::ZERO, &mut device, &mut sockets);
        interface.poll(Instant::ZERO, &mut device, &mut sockets);
        assert_eq!(sockets.get_mut::<Socket>(socket).recv().unwrap().0, b"later");
        assert_eq!(PACKETS.used(), 0);
    }

    #[test]
    fn the_tokens_are_those_of_embassy_net_too() {
        use embassy_net_driver::{RxToken, TxToken};

        let mut wire = None;
        let frame = Frame::from(OTHER.alloc_zeroed().unwrap());
        let token = ToSend { frame, wire: &mut wire };
        TxToken::consume(token, 5, |bytes| bytes.copy_from_slice(b"token"));
        assert_eq!(OTHER.used(), 1);
        assert!(RxToken::consume(wire.unwrap(), |bytes| bytes == b"token"));
        assert_eq!(OTHER.used(), 0);
    }
}
