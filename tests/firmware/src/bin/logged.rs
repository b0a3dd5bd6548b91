//! All that has a format of defmt, in a log of frames, which `cargo xtask firmware` has decoded. The panic handler calls a
//! function that nowhere exists: to write the log cannot panic.

#![no_std]
#![no_main]

use core::{cell::UnsafeCell, mem, panic::PanicInfo};

use cortex_m_semihosting::hio;
use defmt::{Encoder, println};
use firmware::entry;
use mem_blocks::{
    AddError, AllocError, Block, Event, Group, GroupError, MemBlocks, RawMemBlocks, Run, Scatter,
    choose, define_mem_blocks,
};

define_mem_blocks! {
    static SAMPLES: MemBlocks<Sample, 8>;
    static ONE: MemBlocks<u16, 1>;
    static FULL: MemBlocks<[u8; 64], 32>;
    static WORDS: MemBlocks<u32, 70>;
    // So that the log names an address that stays the same.
    // SAFETY: the linker leaves this memory alone.
    #[mem_blocks(unsafe(address = firmware::FIXED))]
    static FIXED: MemBlocks<[u8; 64], 6>;
    #[mem_blocks(listener = log)]
    static HEARD: MemBlocks<[u8; 64], 40>;
}

fn log(pool: &RawMemBlocks, event: Event<'_>) {
    println!("{}: {}", pool.name(), event);
}

static BUFFERS: Group<usize, 3> =
    Group::new([ONE.raw(), FIXED.raw()], choose::smallest_fit_or_larger);

#[derive(defmt::Format)]
struct Sample {
    channel: u8,
    value: i16,
}

/// The log: frames, to the emulator's output.
#[defmt::global_logger]
struct Log;

/// What makes frames of what is logged.
struct Frames(UnsafeCell<Encoder>);

// SAFETY: the program has one context, which logs one thing at a time.
unsafe impl Sync for Frames {}

static FRAMES: Frames = Frames(UnsafeCell::new(Encoder::new()));

impl Frames {
    fn with(&self, act: impl FnOnce(&mut Encoder)) {
        // SAFETY: as for `Sync`; what is done with it does not log.
        act(unsafe { &mut *self.0.get() });
    }
}

fn send(bytes: &[u8]) {
    if let Ok(mut output) = hio::hstdout() {
        let _ = output.write_all(bytes);
    }
}

// SAFETY: frames do not mix, because nothing logs while something else does.
unsafe impl defmt::Logger for Log {
    fn acquire() {
        FRAMES.with(|encoder| encoder.start_frame(send));
    }

    unsafe fn flush() {}

    unsafe fn release() {
        FRAMES.with(|encoder| encoder.end_frame(send));
    }

    unsafe fn write(bytes: &[u8]) {
        FRAMES.with(|encoder| encoder.write(bytes, send));
    }
}

// Only where the check is made, as in `no_panic`.
#[cfg(not(debug_assertions))]
unsafe extern "C" {
    /// Defined nowhere. A linker that asks for it has found a panic.
    safe fn a_panic_can_be_reached() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    #[cfg(not(debug_assertions))]
    a_panic_can_be_reached();
    #[cfg(debug_assertions)]
    firmware::exit(false)
}

fn allocators() {
    println!("{}", SAMPLES);
    let run = SAMPLES.claim(..2);
    let block = SAMPLES.claim(4..5);
    println!("{}", SAMPLES);
    println!("{}", SAMPLES.raw());
    drop((run, block));
    println!("{}", ONE);
    let block = ONE.alloc();
    println!("{}", ONE);
    drop(block);
    let blocks = FULL.claim(1..);
    println!("{}", FULL);
    drop(blocks);

    // Each set of four blocks, and what is left.
    for block in 0..WORDS.raw().num_blocks() {
        let is_taken = ((block / 4) >> (block % 4)) & 1 == 1;
        if is_taken {
            mem::forget(WORDS.claim(block..=block));
        }
    }
    println!("{}", WORDS);
}

fn groups() -> Result<(), GroupError> {
    println!("{}", BUFFERS);
    let block = BUFFERS.alloc(&60)?;
    println!("{}", block);
    let run = BUFFERS.alloc_contiguous(&60, 3)?;
    println!("{}", run);
    println!("{}", BUFFERS);
    println!("{}", BUFFERS.alloc_contiguous(&60, 0)?.len());
    Ok(())
}

fn handles() -> Result<(), AllocError> {
    let mut channel = 0;
    let mut sample = || {
        channel += 1;
        Sample { channel, value: -7 }
    };
    println!("{}", SAMPLES.alloc_with(&mut sample)?);
    println!("{}", ONE.alloc_with(|| 0x5AA5)?);
    println!("{=?:#x}", ONE.alloc_with(|| 0x5AA5)?);
    println!("{}", Run::write_with(SAMPLES.alloc_contiguous(2)?, |_| sample()));
    println!("{}", Run::write_zeroed(FULL.alloc_contiguous(0)?));
    println!("{}", Scatter::write_with(SAMPLES.alloc_scatter::<3>(3)?, |_| sample()));
    println!("{}", Scatter::write_with(ONE.alloc_scatter::<2>(0)?, |_| 0));
    // Of a block without a value, its place.
    println!("{}", Block::index(&SAMPLES.alloc()?));
    // In a value of somebody else's.
    println!("{}", ONE.alloc_with(|| 1).map(Some));
    Ok(())
}

fn events() {
    let held = HEARD.claim(2..=30);
    let scattered = HEARD.alloc_array::<12>();
    println!("{}", HEARD.stats());
    drop(HEARD.alloc_scatter::<2>(2));
    drop(HEARD.alloc_contiguous(40));
    drop(HEARD.claim(3..5));
    drop(HEARD.claim(39..=40));
    drop((held, scattered));
}

fn errors() {
    println!("{} {}", AllocError::Exhausted, AllocError::ExceedsCapacity);
    println!("{}", SAMPLES.claim(7..=8).err());
    let mut blocks = [SAMPLES.raw().buffer().cast(); 2];
    // SAFETY: none of them is used.
    println!("{}", unsafe { SAMPLES.raw().free(&blocks) });
    println!("{}", SAMPLES.raw().alloc(&mut blocks));
    blocks[1] = blocks[0];
    // SAFETY: as above.
    println!("{}", unsafe { SAMPLES.raw().free(&blocks) });
    println!("{} {}", GroupError::NotChosen, GroupError::Alloc(AllocError::Exhausted));
    println!("{}", AddError::Full);
}

#[entry]
fn main() -> ! {
    allocators();
    println!("{}", groups());
    println!("{}", handles());
    events();
    errors();
    #[cfg(feature = "break-frame")]
    send(&[0xFF, 0]);
    firmware::exit(true)
}
