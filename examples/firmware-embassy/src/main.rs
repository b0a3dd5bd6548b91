//! Packets, received in an interrupt and passed from task to task.
//!
//! For each packet, the interrupt takes a block of `PACKETS`, fills it in place, and sends it to the task `check` through a
//! channel; that one sends what is intact on to `store`. What a channel carries is an owning handle: the packet stays where
//! it is. Where a task drops the block, it is free again. One burst has more packets than there are blocks.

#![no_std]
#![no_main]

mod air;
mod board;

use cortex_m_rt::exception;
use embassy_executor::Spawner;
use embassy_futures::yield_now;
use embassy_sync::{
    blocking_mutex::raw::CriticalSectionRawMutex, channel::Channel, signal::Signal,
};
use mem_blocks::{Block, MemBlocks, mem_blocks};

use air::Packet;
use board::println;

const BLOCKS: usize = 4;

#[mem_blocks]
static PACKETS: MemBlocks<Packet, BLOCKS>;

/// With a place for every block that there is, so that it is never full.
type Queue = Channel<CriticalSectionRawMutex, Block<Packet>, BLOCKS>;

static RECEIVED: Queue = Channel::new();
static INTACT: Queue = Channel::new();

/// Nothing more comes; so many packets found no block.
static OVER: Signal<CriticalSectionRawMutex, u8> = Signal::new();

/// Takes in the packets of one tick.
#[exception]
fn SysTick() {
    static mut TICK: usize = 0;
    static mut DROPPED: u8 = 0;

    let Some(arrivals) = air::arrivals(*TICK) else {
        return OVER.signal(*DROPPED);
    };
    *TICK += 1;
    for number in arrivals {
        let sent =
            PACKETS.alloc_with(|| Packet::receive(number)).map(|packet| RECEIVED.try_send(packet));
        // An interrupt cannot wait for a block: the packet is lost, but not unnoticed.
        if !matches!(sent, Ok(Ok(()))) {
            *DROPPED += 1;
        }
    }
}

/// Passes on what is intact. The block of what is not is free again.
#[embassy_executor::task]
async fn check() -> ! {
    loop {
        let packet = RECEIVED.receive().await;
        if packet.is_intact() {
            INTACT.send(packet).await;
        } else {
            println!("packet {:>2} in block {}: damaged", packet.number(), Block::index(&packet));
        }
    }
}

#[embassy_executor::task]
async fn store() -> ! {
    loop {
        let packet = INTACT.receive().await;
        let (number, block) = (packet.number(), Block::index(&packet));
        println!("packet {number:>2} in block {block}: stored; {} blocks used", PACKETS.used());
    }
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    spawner.spawn(check().expect("it is spawned once"));
    spawner.spawn(store().expect("it is spawned once"));
    board::start_timer();

    let dropped = OVER.wait().await;
    // The tasks may have some to do.
    while PACKETS.used() != 0 {
        yield_now().await;
    }
    println!("{dropped} packets dropped, {} blocks used", PACKETS.used());
    board::exit(dropped == 2)
}
