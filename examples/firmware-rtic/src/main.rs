//! Packets, received in a hardware task and processed in a software task of a lower priority.
//!
//! For each packet, the hardware task takes a block of `PACKETS`, fills it in place, and sends it through a channel. What the
//! channel carries is an owning handle: the packet stays where it is. Where the software task drops the block, it is free
//! again. `PACKETS` is no resource of RTIC: a pool is shared by tasks of any priorities as it is, without a lock of RTIC's.
//! One burst has more packets than there are blocks.

#![no_std]
#![no_main]

mod air;
mod board;

use mem_blocks::{MemBlocks, mem_blocks};

use air::Packet;

const BLOCKS: usize = 4;

#[mem_blocks]
static PACKETS: MemBlocks<Packet, BLOCKS>;

#[rtic::app(device = lm3s6965, dispatchers = [GPIOA])]
mod app {
    use mem_blocks::Block;
    use rtic_sync::{
        channel::{Receiver, Sender},
        make_channel,
    };

    use super::{BLOCKS, PACKETS, Packet, air, board, board::println};

    type Received = Block<Packet>;

    #[shared]
    struct Shared {
        /// How many packets found no block, once nothing more comes.
        dropped: Option<u8>,
    }

    #[local]
    struct Local {
        received: Sender<'static, Received, BLOCKS>,
    }

    #[init]
    fn init(mut cx: init::Context) -> (Shared, Local) {
        // With a place for every block that there is, so that it is never full.
        let (sender, receiver) = make_channel!(Received, BLOCKS);
        process::spawn(receiver).expect("it is spawned once");
        board::start(&mut cx.core.SYST);
        (Shared { dropped: None }, Local { received: sender })
    }

    /// Takes in the packets of one tick.
    #[task(binds = SysTick, priority = 2, shared = [dropped], local = [received, tick: usize = 0, lost: u8 = 0])]
    fn receive(mut cx: receive::Context) {
        let receive::LocalResources { received, tick, lost, .. } = cx.local;
        let Some(arrivals) = air::arrivals(*tick) else {
            return cx.shared.dropped.lock(|dropped| *dropped = Some(*lost));
        };
        *tick += 1;
        for number in arrivals {
            let packet = PACKETS.alloc_with(|| Packet::receive(number));
            // An interrupt cannot wait for a block: the packet is lost, but not unnoticed.
            if !matches!(packet.map(|packet| received.try_send(packet)), Ok(Ok(()))) {
                *lost += 1;
            }
        }
    }

    /// Looks at one packet after the other.
    #[task(priority = 1)]
    async fn process(_: process::Context, mut received: Receiver<'static, Received, BLOCKS>) {
        while let Ok(packet) = received.recv().await {
            let (number, block, used) = (packet.number(), Block::index(&packet), PACKETS.used());
            let state = if packet.is_intact() { "intact" } else { "damaged" };
            println!("packet {number:>2} in block {block}: {state}; {used} blocks used");
        }
    }

    /// Sleeps; ends the program when all is done.
    #[idle(shared = [dropped])]
    fn idle(mut cx: idle::Context) -> ! {
        loop {
            if let Some(dropped) = cx.shared.dropped.lock(|dropped| *dropped) {
                let used = PACKETS.used();
                println!("{dropped} packets dropped, {used} blocks used");
                board::exit(dropped == 2 && used == 0);
            }
            board::sleep();
        }
    }
}
