//! The pairs of `tests/bodies/src/pairs.rs`: main code has one part, its interrupt the other one, and then the other way
//! around where that can be; or each of two harts has one.
//!
//! Under `-icount` the emulator interrupts between any two instructions, and every run is the same.

#![no_std]
#![no_main]

use core::{
    cell::RefCell,
    hint::spin_loop,
    panic::PanicInfo,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
};

use critical_section::Mutex;
#[cfg(feature = "two-harts")]
use firmware::core_id;
use firmware::{entry, println, timer};
use mem_blocks_bodies::{
    numbers::Numbers,
    pairs::{self, Pair},
};

/// How often each does its part at least, and how often at most.
const ROUNDS: u32 = 2000;
const MOST_ROUNDS: u32 = 5000 * ROUNDS;

/// What the other one, an interrupt or the second hart, does now.
static OTHER: Mutex<RefCell<Option<Other>>> = Mutex::new(RefCell::new(None));

/// How often it has done that.
static DONE: AtomicU32 = AtomicU32::new(0);

/// It is doing it.
static BUSY: AtomicBool = AtomicBool::new(false);

#[derive(Clone, Copy)]
struct Other {
    pair: Pair,
    part: Part,
}

type Part = fn(&Pair, &mut Numbers);

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware::fail(info)
}

#[entry]
fn main() -> ! {
    #[cfg(feature = "two-harts")]
    if core_id() == 0 {
        firmware::wake_other();
    } else {
        let mut numbers = Numbers::new(2);
        loop {
            other(&mut numbers);
        }
    }
    let mut numbers = Numbers::new(1);
    for pair in pairs::all(spin_loop) {
        at_once(&pair, Pair::first, Pair::second, &mut numbers);
        if pair.is_symmetric() {
            at_once(&pair, Pair::second, Pair::first, &mut numbers);
        }
        let (pool, what) = pair.name();
        println!("{pool}: {what}");
    }
    firmware::exit(true)
}

fn at_once(pair: &Pair, own: Part, part: Part, numbers: &mut Numbers) {
    pair.begin();
    DONE.store(0, SeqCst);
    set_other(Some(Other { pair: *pair, part }));
    if !cfg!(feature = "two-harts") {
        timer::start(1);
    }
    let mut rounds = 0;
    loop {
        own(pair, numbers);
        rounds += 1;
        let least = DONE.load(SeqCst).min(rounds);
        if least >= ROUNDS && pair.have_met() || least >= MOST_ROUNDS {
            break;
        }
    }
    if !cfg!(feature = "two-harts") {
        timer::stop();
    }
    set_other(None);
    while BUSY.load(SeqCst) {
        spin_loop();
    }
    pair.end();
}

fn set_other(other: Option<Other>) {
    critical_section::with(|cs| *OTHER.borrow_ref_mut(cs) = other);
}

/// Does the other part.
fn other(numbers: &mut Numbers) {
    let other = critical_section::with(|cs| {
        let other = *OTHER.borrow_ref(cs);
        BUSY.store(other.is_some(), SeqCst);
        other
    });
    if let Some(Other { pair, part }) = other {
        part(&pair, numbers);
        DONE.store(DONE.load(SeqCst).wrapping_add(1), SeqCst);
        BUSY.store(false, SeqCst);
    }
}

firmware::timer_interrupt!(interrupted);

fn interrupted() {
    static NUMBERS: Mutex<RefCell<Option<Numbers>>> = Mutex::new(RefCell::new(None));

    let numbers = critical_section::with(|cs| NUMBERS.take(cs));
    let mut numbers = numbers.unwrap_or(Numbers::new(2));
    other(&mut numbers);
    // Now and then two of them in the middle of the same call.
    let ticks = if numbers.below(2) == 0 { 1 } else { 1 + numbers.below(60) };
    let shift = numbers.below(100);
    critical_section::with(|cs| NUMBERS.replace(cs, Some(numbers)));

    // From here, however long this one took: main must get on. Shifted by less than a tick, by single instructions.
    for _ in 0..shift {
        spin_loop();
    }
    timer::restart(u32::try_from(ticks).unwrap());
}
