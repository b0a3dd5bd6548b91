//! The board, QEMU's mps2-an385: a place to print to, a way to end.

use core::panic::PanicInfo;

use cortex_m_semihosting::debug;

pub use cortex_m_semihosting::hprintln as println;

/// Ends the emulator. Its caller sees status 0, or 1 where `ok` is false.
pub fn exit(ok: bool) -> ! {
    debug::exit(if ok { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    println!("{info}");
    exit(false)
}
