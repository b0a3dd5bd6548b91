//! Jobs of different types and sizes in boxes, and a log in a vector, all in blocks of one pool. There is no heap.
//!
//! A job is whatever implements `Job`; the list of them, a vector, knows no more. A box takes as many adjacent blocks as its
//! value needs, and gives them back when it is dropped. The log grows block by block as long as there are some, and says
//! so when there are none that it could have.

#![no_std]
#![no_main]

mod board;
mod no_heap;

use allocator_api2::{boxed::Box, unsize_box, vec::Vec};
use cortex_m_rt::entry;
use mem_blocks::{MemBlocks, RawMemBlocks, mem_blocks};

use board::println;

/// 12 blocks of 32 bytes, aligned for every value.
#[mem_blocks(align = 8)]
static POOL: MemBlocks<[u8; 32], 12>;

/// Memory from any pool: the type does not say which.
type Pool = &'static RawMemBlocks;

/// The bytes that are logged.
type Log = Vec<u8, Pool>;

trait Job {
    fn run(&mut self, log: &mut Log) -> Result<(), Full>;
}

/// There is no block for it.
#[derive(Debug)]
struct Full;

/// Takes a block.
struct Blink {
    times: u8,
}

impl Job for Blink {
    fn run(&mut self, log: &mut Log) -> Result<(), Full> {
        (0..self.times).try_for_each(|_| append(log, b"on off "))
    }
}

/// Takes three blocks.
struct Average {
    samples: [u16; 40],
}

impl Job for Average {
    fn run(&mut self, log: &mut Log) -> Result<(), Full> {
        let sum: u32 = self.samples.iter().copied().map(u32::from).sum();
        append(log, &(sum / 40).to_le_bytes())
    }
}

/// Asks for room first: what is pushed to a full vector would end the program.
fn append(log: &mut Log, bytes: &[u8]) -> Result<(), Full> {
    log.try_reserve_exact(bytes.len()).map_err(|_| Full)?;
    log.extend_from_slice(bytes);
    Ok(())
}

/// Puts a job in a box, and the box in the list.
fn add<J: Job + 'static>(jobs: &mut Vec<Box<dyn Job, Pool>, Pool>, job: J) -> Result<(), Full> {
    let job = Box::try_new_in(job, POOL.raw()).map_err(|_| Full)?;
    jobs.try_reserve_exact(1).map_err(|_| Full)?;
    jobs.push(unsize_box!(job));
    Ok(())
}

fn run() -> Result<(), Full> {
    let mut jobs = Vec::new_in(POOL.raw());
    for times in 1..=3 {
        add(&mut jobs, Blink { times })?;
    }
    add(&mut jobs, Average { samples: [300; 40] })?;
    println!("{} jobs: {} blocks used", jobs.len(), POOL.used());

    let more = (0..2).try_for_each(|_| add(&mut jobs, Average { samples: [0; 40] }));
    println!("two jobs of three blocks more: {more:?}, {} jobs", jobs.len());
    jobs.truncate(4);

    let mut log = Vec::new_in(POOL.raw());
    for job in &mut jobs {
        job.run(&mut log)?;
        println!("logged {} bytes: {} blocks used", log.len(), POOL.used());
    }
    let number = log.last_chunk().map_or(0, |&bytes| u32::from_le_bytes(bytes));
    println!("the average is {number}");

    let logged = log.len();
    while append(&mut log, b"more ").is_ok() {}
    println!("full after {} bytes more: {} blocks used", log.len() - logged, POOL.used());
    drop(jobs);
    append(&mut log, b"more ")?;
    println!("without the jobs, there is room: {} blocks used", POOL.used());
    Ok(())
}

#[entry]
fn main() -> ! {
    let result = run();
    println!("{result:?}: {} blocks used", POOL.used());
    board::exit(result.is_ok() && POOL.used() == 0)
}
