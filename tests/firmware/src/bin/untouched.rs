//! Everything that does not use a block, with pools at an address where no machine has memory: any access is a fault.
//! What holds here holds for memory that is powered down, write-only, or busy with a transfer.
//!
//! And with pools in memory that the start-up code has to leave alone. `cargo xtask firmware` runs this also under a
//! tracer, which sees every access from the reset on: there must be none to any of the four.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use firmware::{entry, say};
use mem_blocks::{Group, MemBlocks, choose, define_mem_blocks};
use mem_blocks_bodies::untouched;

define_mem_blocks! {
    // SAFETY: nothing else is in these sections, and no block is used.
    #[mem_blocks(align = 32, unsafe(section = ".nowhere"))]
    static FRAMES: MemBlocks<[u8; 1536], 40>;

    // SAFETY: as above.
    #[mem_blocks(unsafe(section = ".nowhere"))]
    static ODD: MemBlocks<[u8; 37], 1000>;

    // SAFETY: as above.
    #[mem_blocks(unsafe(section = ".sram2"))]
    static OTHER_RAM: MemBlocks<[u8; 12], 45>;

    #[mem_blocks(uninit)]
    static KEPT: MemBlocks<[u8; 24], 42>;
}

static NOWHERE: Group<usize, 2> =
    Group::new([FRAMES.raw(), ODD.raw()], choose::smallest_fit_or_larger);
static IN_RAM: Group<usize, 2> =
    Group::new([OTHER_RAM.raw(), KEPT.raw()], choose::smallest_fit_or_larger);

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware::fail(info)
}

#[entry]
fn main() -> ! {
    untouched::everything(&ODD, &FRAMES, &NOWHERE);
    say("where no memory is: everything done, no access");
    untouched::everything(&OTHER_RAM, &KEPT, &IN_RAM);
    say("in RAM that start-up leaves alone: everything done");
    #[cfg(feature = "break-touch")]
    drop(FRAMES.alloc_zeroed());
    #[cfg(feature = "break-touch-ram")]
    drop(KEPT.alloc_zeroed());
    firmware::exit(true)
}
