//! The board, QEMU's mps2-an385: a timer, a place to print to, a way to end.

use core::panic::PanicInfo;

use cortex_m::{Peripherals, peripheral::syst::SystClkSource};
use cortex_m_semihosting::debug;

pub use cortex_m::asm::wfi as sleep;
pub use cortex_m_semihosting::hprintln as println;

/// The clock of the processor and of its timer, in Hz.
const CLOCK: u32 = 25_000_000;

/// 4 ms: far longer than the work of one tick takes, also where the compiler has optimised nothing. Embassy's executor asks
/// the core to wait for an event, which QEMU does not do, so that it emulates every instruction of a pause.
const TICK: u32 = CLOCK / 250;

/// From here on there is a timer interrupt every tick.
pub fn start_timer() {
    let mut timer = Peripherals::take().expect("nobody has taken them before").SYST;
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
