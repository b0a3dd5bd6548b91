//! Owning handles through a queue: an interrupt fills blocks, the main loop consumes them.
//!
//! The queue carries two words an entry, whatever the size of a sample block: what moves is
//! ownership, not data. The interrupt is played by a thread, which sees the allocator and its end
//! of the queue and nothing else, as a handler would.

use std::thread;

use heapless::spsc::{Producer, Queue};
use mem_blocks::{AllocError, Block, MemBlocks, mem_blocks};
use static_cell::ConstStaticCell;

/// What the converter delivers at a time.
struct Samples {
    sequence: u32,
    values: [i16; 120],
}

#[mem_blocks]
static SAMPLES: MemBlocks<Samples, 4>;

const ROUNDS: u32 = 1000;
const LENGTH: usize = 8;

/// As the interrupt of a converter would be: never waits, and counts what it has to drop.
fn on_interrupt(
    sequence: u32,
    queue: &mut Producer<'_, Block<Samples>, LENGTH>,
) -> Result<(), AllocError> {
    let fill = i16::try_from(sequence % 1000).unwrap_or_default();
    let block = SAMPLES.alloc_with(|| Samples { sequence, values: [fill; 120] })?;
    // If the queue is full, the block comes back as the error, and dropping it frees it.
    queue.enqueue(block).map_err(|_| AllocError::Exhausted)
}

fn main() {
    static QUEUE: ConstStaticCell<Queue<Block<Samples>, LENGTH>> =
        ConstStaticCell::new(Queue::new());
    let (mut producer, mut consumer) = QUEUE.take().split();

    let interrupt = thread::spawn(move || {
        for sequence in 0..ROUNDS {
            // A real converter would lose this block of samples; the example tries again.
            while on_interrupt(sequence, &mut producer).is_err() {
                thread::yield_now();
            }
        }
    });

    for expected in 0..ROUNDS {
        let samples = loop {
            if let Some(samples) = consumer.dequeue() {
                break samples;
            }
            thread::yield_now();
        };
        assert_eq!(samples.sequence, expected);
        assert!(samples.values.iter().all(|&value| u32::try_from(value) == Ok(expected % 1000)));
        // Dropped here: the block goes back, on another thread than it was taken on.
    }
    interrupt.join().expect("the producer does not panic");

    println!("{ROUNDS} blocks of {} bytes passed through the queue", size_of::<Samples>());
    println!("a queue entry is {} words", size_of::<Block<Samples>>() / size_of::<usize>());
    println!("{} blocks used", SAMPLES.used());
}
