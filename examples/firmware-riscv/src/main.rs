//! Frames, received in an interrupt and processed in main.
//!
//! For each frame, the interrupt takes a block of `FRAMES`, fills it in place, and hands it to main by value, through
//! a queue: two words move, the frame stays where it is. Where main drops the block, it is free again. Main is slower
//! than a burst of frames, so that the blocks run out once and a frame is dropped, and goes on when there are blocks.

#![no_std]
#![no_main]

mod board;
mod wire;

use core::cell::RefCell;

use critical_section::Mutex;
use heapless::{Deque, String, Vec};
use mem_blocks::{AllocError, Block, MemBlocks, mem_blocks};
use riscv::interrupt::Interrupt;
use riscv_rt::{core_interrupt, entry};

use board::{print, println};

/// Its length, and room for 1534 bytes: 1536 together, a multiple of a cache line. A new one is empty, and `Vec::new`
/// writes nothing but the length.
type Frame = Vec<u8, 1534, u16>;

const BLOCKS: usize = 8;

/// In a bank of RAM of its own, each frame on cache lines of its own, as for an Ethernet MAC with a DMA engine.
// SAFETY: sram2.x and memory.x put `.sram2` in plain RAM.
#[mem_blocks(align = 32, unsafe(section = ".sram2"))]
static FRAMES: MemBlocks<Frame, BLOCKS>;

/// What the interrupt has for main.
static INBOX: Mutex<RefCell<Inbox>> = Mutex::new(RefCell::new(Inbox {
    frames: Deque::new(),
    counts: Counts { ticks: 0, received: 0, dropped: 0 },
}));

struct Inbox {
    /// With a place for every block that there is, so that it is never full.
    frames: Deque<Block<Frame>, BLOCKS>,
    counts: Counts,
}

/// What has happened since the start of the program.
#[derive(Clone, Copy, Default)]
struct Counts {
    ticks: u32,
    received: usize,
    dropped: usize,
}

/// Takes in the frames of one tick.
#[core_interrupt(Interrupt::MachineTimer)]
fn machine_timer() {
    board::next_alarm();
    let tick = critical_section::with(|cs| {
        let mut inbox = INBOX.borrow_ref_mut(cs);
        inbox.counts.ticks += 1;
        inbox.counts.ticks
    });
    for arrival in wire::arrivals(tick) {
        // Filled in place, and outside of all locks: a more urgent interrupt need not wait for that.
        let frame = FRAMES.alloc_with(Frame::new).map(|mut frame| {
            arrival.read_into(&mut frame);
            frame
        });
        critical_section::with(|cs| {
            let mut inbox = INBOX.borrow_ref_mut(cs);
            match frame.map(|frame| inbox.frames.push_back(frame)) {
                Ok(Ok(())) => inbox.counts.received += 1,
                // An interrupt cannot wait for a block: the frame is lost, but not unnoticed.
                _ => inbox.counts.dropped += 1,
            }
        });
    }
}

#[entry]
fn main() -> ! {
    board::start_timer();
    let (mut seen, mut processed) = (Counts::default(), 0);

    while seen.ticks < wire::TICKS {
        let now = next_tick(seen.ticks);
        print!("tick {:>2}  [{}]  {} received", now.ticks, picture(), now.received - seen.received);
        if now.dropped > seen.dropped {
            // `alloc_with` has no other error than this one.
            print!(", {} dropped: {}", now.dropped - seen.dropped, AllocError::Exhausted);
        }
        // One frame a tick, which makes main slower than a burst.
        let frame = critical_section::with(|cs| INBOX.borrow_ref_mut(cs).frames.pop_front());
        if let Some(frame) = frame {
            let (block, length) = (Block::index(&frame), frame.len());
            if let Some(number) = wire::number_if_intact(&frame) {
                print!("; processed frame {number}: {length} bytes in block {block}");
                processed += 1;
            } else {
                print!("; damaged frame in block {block}");
            }
            // Here `frame` is dropped, and its block is free again.
        }
        println!();
        seen = now;
    }

    let (Counts { received, dropped, .. }, used) = (seen, FRAMES.used());
    let sent = wire::arrivals_in_all();
    println!("{sent} sent: {received} received, {dropped} dropped");
    println!("{processed} processed; {used} blocks used");
    board::exit(sent == received + dropped && processed == received && used == 0)
}

/// Sleeps until the interrupt has run again.
fn next_tick(seen: u32) -> Counts {
    loop {
        // Interrupts are off from the look to the sleep. One that comes in between ends the sleep at once, and runs
        // behind the section; with interrupts on it would run before the sleep, which would then miss it.
        let counts = critical_section::with(|cs| {
            let counts = INBOX.borrow_ref(cs).counts;
            if counts.ticks == seen {
                board::sleep();
            }
            counts
        });
        if counts.ticks != seen {
            return counts;
        }
    }
}

/// One character a block. Each look takes the lock; the section around all of them makes them one snapshot.
fn picture() -> String<BLOCKS> {
    let look = |index| if FRAMES.is_free(index..=index) { '.' } else { '#' };
    critical_section::with(|_| (0..BLOCKS).map(look).collect())
}
