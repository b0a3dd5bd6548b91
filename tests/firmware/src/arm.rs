//! Cortex-M under QEMU: prints and ends by semihosting.

use core::fmt;

use cortex_m::peripheral::SCB;
use cortex_m_rt::{ExceptionFrame, exception};
use cortex_m_semihosting::{debug, hio, hprintln};

pub use cortex_m_rt::entry;

/// The number of the core that runs.
#[must_use]
pub fn core_id() -> usize {
    0
}

/// Turns interrupts on, as they are in main code of a device.
pub fn enable_interrupts() {
    // SAFETY: no critical section is open, and the program has handlers for what it has started.
    unsafe { cortex_m::interrupt::enable() };
}

/// Ends the emulator. Its caller sees status 0, or 1 where `ok` is false.
pub fn exit(ok: bool) -> ! {
    debug::exit(if ok { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

/// A system reset; the memory keeps its content.
pub fn reset() -> ! {
    SCB::sys_reset()
}

/// Prints a line without the formatting code, in which panics can be reached and numbers are divided.
pub fn say(line: &str) {
    if let Ok(mut stdout) = hio::hstdout() {
        let _ = stdout.write_all(line.as_bytes()).and_then(|()| stdout.write_all(b"\n"));
    }
}

pub(crate) fn print(line: fmt::Arguments<'_>) {
    hprintln!("{}", line);
}

#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    say("fault: an access that nothing answers, or that is not allowed");
    exit(false)
}
