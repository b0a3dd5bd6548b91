//! What the programs share: the way out of the emulator.

#![no_std]

use core::panic::PanicInfo;

use cortex_m_semihosting::{debug, hio, hprintln};

/// Ends the emulator. Its caller sees status 0, or 1 where `ok` is false.
pub fn exit(ok: bool) -> ! {
    debug::exit(if ok { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

/// Prints a line without the formatting code, in which panics can be reached and numbers are divided.
pub fn say(line: &str) {
    if let Ok(mut stdout) = hio::hstdout() {
        let _ = stdout.write_all(line.as_bytes()).and_then(|()| stdout.write_all(b"\n"));
    }
}

/// For a program's panic handler: says where, and ends the emulator with status 1.
pub fn fail(info: &PanicInfo) -> ! {
    hprintln!("{}", info);
    exit(false)
}

#[cfg(feature = "break-lock")]
mod no_lock {
    struct NoLock;

    critical_section::set_impl!(NoLock);

    // SAFETY: none. It breaks the contract on purpose, to show that `interrupt` notices.
    unsafe impl critical_section::Impl for NoLock {
        unsafe fn acquire() {}
        unsafe fn release((): ()) {}
    }
}
