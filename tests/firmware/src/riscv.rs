//! RISC-V, QEMU's machine `virt`: prints through its serial line and ends through its test device.

use core::fmt::{self, Write};

use riscv::register::mhartid;
use riscv_rt::TrapFrame;

pub use riscv_rt::entry;

/// The number of the core that runs.
#[must_use]
pub fn core_id() -> usize {
    mhartid::read()
}

/// Turns interrupts on, as they are in main code of a device.
pub fn enable_interrupts() {
    // SAFETY: no critical section is open, and the program has handlers for what it has started.
    unsafe { riscv::interrupt::enable() };
}

/// Ends the emulator. Its caller sees status 0, or 1 where `ok` is false.
pub fn exit(ok: bool) -> ! {
    test_device(if ok { 0x5555 } else { 1 << 16 | 0x3333 })
}

/// A system reset; the memory keeps its content.
pub fn reset() -> ! {
    test_device(0x7777)
}

fn test_device(command: u32) -> ! {
    // SAFETY: the machine's test device, which has no other use.
    unsafe { (0x0010_0000 as *mut u32).write_volatile(command) };
    loop {
        riscv::asm::wfi();
    }
}

/// The serial line, a 16550.
struct Uart;

impl Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: the register for what is to be sent, which takes any byte at any time.
            unsafe { (0x1000_0000 as *mut u8).write_volatile(byte) };
        }
        Ok(())
    }
}

/// Prints a line without the formatting code, in which panics can be reached and numbers are divided.
pub fn say(line: &str) {
    let _ = Uart.write_str(line).and_then(|()| Uart.write_str("\n"));
}

pub(crate) fn print(line: fmt::Arguments<'_>) {
    let _ = Uart.write_fmt(line).and_then(|()| Uart.write_str("\n"));
}

#[unsafe(export_name = "ExceptionHandler")]
extern "C" fn fault(_: &TrapFrame) -> ! {
    say("fault: an access that nothing answers, or that is not allowed");
    exit(false)
}

#[cfg(feature = "two-harts")]
mod two_harts {
    use riscv::register::{mie, mip};

    /// A hart's software interrupt: a word of the machine's core-local interruptor.
    fn software_interrupt(hart: usize) -> *mut u32 {
        (0x0200_0000 + 4 * hart) as *mut u32
    }

    /// Lets hart 1 go on to `main`. The memory is ready for it.
    pub fn wake_other() {
        // SAFETY: the device has the register, and hart 1 waits for it.
        unsafe { software_interrupt(1).write_volatile(1) };
    }

    /// Called by the start-up code of each hart before the memory is ready, so without any static: whether this is the
    /// one that makes it ready.
    #[unsafe(export_name = "_mp_hook")]
    extern "Rust" fn hook(hart: usize) -> bool {
        if hart == 0 {
            return true;
        }
        // The interrupt only ends the sleep; none is taken, they are off. It may be pending already.
        // SAFETY: no handler runs.
        unsafe { mie::set_msoft() };
        while !mip::read().msoft() {
            riscv::asm::wfi();
        }
        // SAFETY: as above.
        unsafe { mie::clear_msoft() };
        // SAFETY: the device has the register, and hart 0 has done its part.
        unsafe { software_interrupt(hart).write_volatile(0) };
        false
    }
}

#[cfg(feature = "two-harts")]
pub use two_harts::wake_other;
