//! The board, QEMU's lm3s6965evb: a timer, a place to print to, a way to end.

use core::panic::PanicInfo;

use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_semihosting::debug;

pub use cortex_m::asm::wfi as sleep;
pub use cortex_m_semihosting::hprintln as println;

/// The clock of the processor and of its timer after a reset, in Hz.
const CLOCK: u32 = 12_000_000;

/// 100 ms: far longer than the work of one tick takes, also where the compiler has optimised nothing.
const TICK: u32 = CLOCK / 10;

/// From here on there is a timer interrupt every tick.
pub fn start(timer: &mut SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(TICK - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

/// Ends the emulator. Its caller sees status 0, or 1 where `ok` is false.
pub fn exit(ok: bool) -> ! {
    debug::exit(if ok { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        sleep();
    }
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    println!("{info}");
    exit(false)
}
