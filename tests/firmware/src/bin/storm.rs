//! The storm of `tests/bodies`: main code and an interrupt, and the same on a second hart if there is one, share pools for
//! a million operations and more.
//!
//! Under `-icount` the emulator interrupts between any two instructions, and every run is the same. The time from one
//! interrupt to the next varies.

#![no_std]
#![no_main]

use core::{
    cell::RefCell,
    panic::PanicInfo,
    sync::atomic::{AtomicU32, Ordering},
};

use critical_section::Mutex;
use firmware::{core_id, entry, println, timer};
use mem_blocks_bodies::{
    numbers::Numbers,
    storm::{self, Done, Worker},
};

const CORES: usize = if cfg!(feature = "two-harts") { 2 } else { 1 };

/// Of each core, in its main code and its interrupt together, and the fewest in one of them.
const OPERATIONS: u32 = if CORES == 2 { 500_000 } else { 1_000_000 };
const FEWEST: u32 = OPERATIONS / 4;

/// What a core's interrupt works with, between two of them; and the core itself when it is done.
static INTERRUPTS: [Mutex<RefCell<Option<Interrupt>>>; 2] =
    [const { Mutex::new(RefCell::new(None)) }; 2];

/// How many operations each core's interrupt has done.
static INTERRUPTED: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];

/// How often each core's interrupt has come in the middle of a call that may change several words at once, and has made
/// such calls itself.
static HELPED: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];

/// What each core has done when it is done.
static RESULTS: [Mutex<RefCell<Option<[Done; 2]>>>; 2] =
    [const { Mutex::new(RefCell::new(None)) }; 2];

struct Interrupt {
    worker: Worker,
    times: Numbers,
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware::fail(info)
}

#[entry]
fn main() -> ! {
    let core = core_id();
    #[cfg(feature = "two-harts")]
    if core == 0 {
        firmware::wake_other();
    }
    let [in_main, in_interrupt] = owners(core);

    let interrupt = Interrupt {
        worker: Worker::new(in_interrupt),
        times: Numbers::new(0x1234_5678 + in_interrupt),
    };
    put(&INTERRUPTS[core], interrupt);
    timer::start(1);
    let mut worker = Worker::new(in_main);
    loop {
        worker.step();
        let (own, others) = (worker.done().operations, INTERRUPTED[core].load(Ordering::Relaxed));
        if own.min(others) >= FEWEST && own + others >= OPERATIONS {
            break;
        }
    }
    timer::stop();

    worker.finish();
    let mut interrupt = take(&INTERRUPTS[core]).unwrap();
    interrupt.worker.finish();
    put(&RESULTS[core], [worker.done(), interrupt.worker.done()]);
    if core != 0 {
        loop {
            core::hint::spin_loop();
        }
    }

    let mut all = [Done::default(); 2 * CORES];
    for (results, core) in all.chunks_mut(2).zip(&RESULTS) {
        loop {
            if let Some(found) = take(core) {
                results.copy_from_slice(&found);
                break;
            }
        }
    }
    report(&all)
}

/// The numbers of a core's main code and of its interrupt.
fn owners(core: usize) -> [u32; 2] {
    if core == 0 { [1, 2] } else { [3, 4] }
}

fn report(all: &[Done]) -> ! {
    storm::assert_all_back();
    let operations: u32 = all.iter().map(|done| done.operations).sum();
    assert!(operations >= 1_000_000, "only {operations} operations");
    println!("1000000 operations or more");
    // Else the pools were too large, or the contexts had nothing to do with each other.
    for done in all {
        assert!(done.refused > done.operations / 100, "hardly ever refused: {done:?}");
        assert!(done.passed_on > done.operations / 1000, "hardly any block passed on: {done:?}");
    }
    for helped in &HELPED[..CORES] {
        let helped = helped.load(Ordering::Relaxed);
        assert!(helped > OPERATIONS / 100, "hardly ever in the middle of a call: {helped}");
    }
    println!("each interrupt came in the middle of calls for several words, and made some itself");
    println!("each context was refused blocks, and gave back those of others");
    println!("every stamp was intact, every block came back");
    firmware::exit(true)
}

firmware::timer_interrupt!(interrupted);

fn interrupted() {
    let core = core_id();
    let mut own = take(&INTERRUPTS[core]).unwrap();
    let is_within = Worker::is_within(owners(core)[0]);
    let before = own.worker.done().across;
    for _ in 0..=own.times.below(3) {
        own.worker.step();
    }
    if is_within && own.worker.done().across != before {
        HELPED[core].store(HELPED[core].load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
    INTERRUPTED[core].store(own.worker.done().operations, Ordering::Relaxed);
    let ticks = 1 + own.times.below(40);
    let shift = own.times.below(100);
    put(&INTERRUPTS[core], own);

    // From here, however long this one took: main must get on. Shifted by less than a tick, by single instructions.
    for _ in 0..shift {
        core::hint::spin_loop();
    }
    timer::restart(u32::try_from(ticks).unwrap());
}

fn put<T>(place: &Mutex<RefCell<Option<T>>>, value: T) {
    critical_section::with(|cs| *place.borrow_ref_mut(cs) = Some(value));
}

fn take<T>(place: &Mutex<RefCell<Option<T>>>) -> Option<T> {
    critical_section::with(|cs| place.borrow_ref_mut(cs).take())
}
