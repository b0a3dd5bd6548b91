//! Blocks handed to a DMA engine by value, through the traits of `embedded-dma`, as HALs want them.
//!
//! A transfer keeps the buffer as long as the engine may use it, and gives it back at the end. Any handle will do, with the
//! feature `stable_deref_trait`: a block, a run of adjacent blocks, a block of a group. While one is being filled, the one
//! before is processed. The engine is played by a thread, which sees an address and a number of bytes and nothing else.

use std::{
    sync::mpsc::{self, Receiver, Sender},
    thread::{self, JoinHandle},
};

use embedded_dma::{ReadBuffer, WriteBuffer};
use mem_blocks::{Block, Group, MemBlocks, choose, mem_blocks};

const BLOCK: usize = 32;

/// Memory that the engine reaches. On a microcontroller it might be in a section of its own; with a data cache, this is one
/// line of it a block.
#[mem_blocks(align = 32)]
static BUFFERS: MemBlocks<[u8; BLOCK], 4>;

/// The same, for who wants a size and not a type.
static BY_SIZE: Group<usize, 1> = Group::new([BUFFERS.raw()], choose::smallest_fit);

/// What the engine is told by its registers.
enum Order {
    Receive { address: *mut u8, bytes: usize },
    Send { address: *const u8, bytes: usize },
}

// SAFETY: an address alone is nothing that anybody could use.
#[expect(unsafe_code, reason = "registers hold addresses")]
unsafe impl Send for Order {}

/// The engine, and its line.
struct Engine {
    orders: Sender<Order>,
    done: Receiver<()>,
    thread: JoinHandle<Vec<u8>>,
}

impl Engine {
    fn start() -> Self {
        let (orders, incoming) = mpsc::channel();
        let (complete, done) = mpsc::channel();
        let thread = thread::spawn(move || {
            let (mut numbers, mut sent) = ((0..=u8::MAX).cycle(), Vec::new());
            for order in incoming {
                match order {
                    Order::Receive { address, bytes } => {
                        let line: Vec<u8> = numbers.by_ref().take(bytes).collect();
                        // SAFETY: stands for the hardware, which was given these bytes until it has done.
                        #[expect(unsafe_code, reason = "stands for the hardware")]
                        unsafe {
                            address.copy_from_nonoverlapping(line.as_ptr(), bytes);
                        }
                    }
                    Order::Send { address, bytes } => {
                        // SAFETY: as above; they have been written.
                        #[expect(unsafe_code, reason = "stands for the hardware")]
                        sent.extend_from_slice(unsafe {
                            core::slice::from_raw_parts(address, bytes)
                        });
                    }
                }
                // The interrupt.
                complete.send(()).expect("somebody waits");
            }
            sent
        });
        Engine { orders, done, thread }
    }

    fn receive<B: WriteBuffer<Word = u8>>(&self, mut buffer: B) -> Transfer<'_, B> {
        // SAFETY: the transfer keeps the buffer and lets nobody at it before the engine has done. Where the transfer is
        // forgotten, so is the buffer, and its blocks stay taken.
        #[expect(unsafe_code, reason = "of `embedded-dma`")]
        let (address, bytes) = unsafe { buffer.write_buffer() };
        self.order(Order::Receive { address, bytes }, buffer)
    }

    fn send<B: ReadBuffer<Word = u8>>(&self, buffer: B) -> Transfer<'_, B> {
        // SAFETY: as above.
        #[expect(unsafe_code, reason = "of `embedded-dma`")]
        let (address, bytes) = unsafe { buffer.read_buffer() };
        self.order(Order::Send { address, bytes }, buffer)
    }

    fn order<B>(&self, order: Order, buffer: B) -> Transfer<'_, B> {
        self.orders.send(order).expect("the engine runs");
        Transfer { engine: self, buffer: Some(buffer) }
    }

    /// What has been on the line.
    fn stop(self) -> Vec<u8> {
        drop(self.orders);
        self.thread.join().expect("the engine does not panic")
    }
}

/// A transfer under way, with its buffer.
struct Transfer<'engine, B> {
    engine: &'engine Engine,
    buffer: Option<B>,
}

impl<B> Transfer<'_, B> {
    fn wait(mut self) -> B {
        self.engine.done.recv().expect("the engine runs");
        self.buffer.take().expect("it is taken once")
    }
}

impl<B> Drop for Transfer<'_, B> {
    /// What is given up half way waits for the engine, which may still write.
    fn drop(&mut self) {
        if self.buffer.is_some() {
            self.engine.done.recv().expect("the engine runs");
        }
    }
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let engine = Engine::start();

    // A block for the engine, which nobody has written to, and the next one while that is processed.
    let mut receiving = engine.receive(BUFFERS.alloc()?);
    for turn in 0..3 {
        let received = receiving.wait();
        receiving = engine.receive(BUFFERS.alloc()?);
        // SAFETY: the engine has written all of it.
        #[expect(unsafe_code, reason = "nobody else knows")]
        let received = unsafe { Block::assume_init(received) };
        let sum: u32 = received.iter().copied().map(u32::from).sum();
        println!("turn {turn}: block {}, sum {sum}", Block::index(&received));
        // And back to the line, where it came from.
        engine.send(received).wait();
    }
    // Given up: waits for the engine.
    drop(receiving);

    // Adjacent blocks are one transfer.
    let run = engine.receive(BUFFERS.alloc_contiguous(3)?).wait();
    println!("a run of {} bytes", size_of_val(&*run));
    drop(run);

    // A block of a group is bytes.
    let bytes = engine.receive(BY_SIZE.alloc(&20)?).wait();
    println!("a block of {} bytes for 20", bytes.len());
    drop(bytes);

    println!("{} bytes sent", engine.stop().len());
    println!("{} blocks used", BUFFERS.used());
    Ok(())
}
