//! Main code and an interrupt allocate from one pool. Each stamps what it got, holds it for a while, and checks every
//! stamp before it gives the block back: a block handed out twice would carry the other's stamp.
//!
//! Under `-icount` the emulator interrupts between any two instructions; the time between two interrupts varies.

#![no_std]
#![no_main]

use core::{
    cell::RefCell,
    panic::PanicInfo,
    sync::atomic::{AtomicU32, Ordering},
};

use cortex_m::{
    Peripherals,
    peripheral::{SCB, SYST, syst::SystClkSource},
};
use cortex_m_rt::{entry, exception};
use cortex_m_semihosting::hprintln;
use critical_section::Mutex;
use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};

const ROUNDS: u32 = 10_000;
const INTERRUPTS: u32 = 10_000;

const BY_MAIN: u32 = 0xAAAA_0000;
const BY_INTERRUPT: u32 = 0x5555_0000;

type Stamped = [u32; 5];

/// Two words of bitmap, and blocks of a size that is no power of two.
#[mem_blocks]
static POOL: MemBlocks<Stamped, 37>;

/// What the interrupt keeps from one time to the next. Only the interrupt touches it.
static KEPT: Mutex<RefCell<Kept>> = Mutex::new(RefCell::new(Kept { one: None, run: None }));
static INTERRUPTED: AtomicU32 = AtomicU32::new(0);

struct Kept {
    one: Option<Block<Stamped>>,
    run: Option<Run<Stamped>>,
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware_cortex_m::fail(info)
}

#[entry]
fn main() -> ! {
    let mut timer = Peripherals::take().unwrap().SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(50);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();

    let mut rounds = 0;
    while rounds < ROUNDS || INTERRUPTED.load(Ordering::Relaxed) < INTERRUPTS {
        rounds = rounds.wrapping_add(1);
        work(BY_MAIN | rounds & 0xFFFF);
    }

    timer.disable_interrupt();
    // No more interrupts: what is still out is what the last one kept.
    critical_section::with(|cs| {
        let mut kept = KEPT.borrow_ref_mut(cs);
        drop((kept.one.take(), kept.run.take()));
    });
    assert_eq!(POOL.used(), 0);
    assert_eq!(POOL.largest_free_run(), 37);
    hprintln!("main: {} rounds or more", ROUNDS);
    hprintln!("interrupt: {} times or more", INTERRUPTS);
    hprintln!("every stamp was intact, every block came back");
    firmware_cortex_m::exit(true)
}

#[exception]
fn SysTick() {
    let count = INTERRUPTED.load(Ordering::Relaxed).wrapping_add(1);
    INTERRUPTED.store(count, Ordering::Relaxed);
    let stamp = BY_INTERRUPT | count & 0xFFFF;

    let (one, run) = critical_section::with(|cs| {
        let mut kept = KEPT.borrow_ref_mut(cs);
        (kept.one.take(), kept.run.take())
    });
    check(one.as_deref(), BY_INTERRUPT);
    check(run.as_deref().into_iter().flatten(), BY_INTERRUPT);
    // Every other time one of the two goes back before the work, and the other behind it.
    let (first, second) = if count % 2 == 0 { (one, None) } else { (None, one) };
    drop(first);
    work(stamp);
    drop((run, second));

    // Never the same blocks as before: an update of the bitmap that main lost would then do no harm.
    let one = if count % 3 == 0 { None } else { POOL.alloc_with(|| [stamp; 5]).ok() };
    let length = 1 + usize::from(count.to_le_bytes()[0] % 5);
    let run = POOL.alloc_contiguous(length).ok().map(|run| Run::write_with(run, |_| [stamp; 5]));
    critical_section::with(|cs| {
        let mut kept = KEPT.borrow_ref_mut(cs);
        (kept.one, kept.run) = (one, run);
    });

    // The next time 40 to 2500 instructions from here (40 to a tick), however long this one took: main must get on.
    // SAFETY: only this handler writes the timer's registers while the interrupt is on.
    let timer = unsafe { &*SYST::PTR };
    // SAFETY: as above.
    unsafe { timer.rvr.write(1 + count.wrapping_mul(2_654_435_761) % 61) };
    // SAFETY: as above. Any value sets the register to 0.
    unsafe { timer.cvr.write(0) };
    SCB::clear_pendst();
    // Shifted by single instructions.
    for _ in 0..count % 41 {
        cortex_m::asm::nop();
    }
}

/// One block, several, a run and a scatter, held at once and given back in an order that changes.
#[inline(never)]
fn work(stamp: u32) {
    let owner = stamp & 0xFFFF_0000;
    let one = POOL.alloc_with(|| [stamp; 5]).ok();
    let pair =
        POOL.alloc_array::<2>().ok().map(|pair| pair.map(|block| Block::write(block, [stamp; 5])));
    let run = POOL.alloc_contiguous_in(3..=6).ok().map(|run| Run::write_with(run, |_| [stamp; 5]));
    let scatter =
        POOL.alloc_scatter::<9>(9).ok().map(|scatter| Scatter::write_with(scatter, |_| [stamp; 5]));

    check(one.as_deref(), owner);
    check(pair.iter().flatten().map(|block| &**block), owner);
    check(run.as_deref().into_iter().flatten(), owner);
    check(scatter.iter().flat_map(|scatter| scatter.iter()), owner);

    if stamp % 2 == 0 {
        drop((run, one, scatter, pair));
    } else {
        drop((scatter, pair, one, run));
    }
}

fn check<'a>(blocks: impl IntoIterator<Item = &'a Stamped>, owner: u32) {
    let is_intact = |block: &Stamped| *block == [block[0]; 5] && block[0] & 0xFFFF_0000 == owner;
    assert!(blocks.into_iter().all(is_intact), "a block has another owner");
}
