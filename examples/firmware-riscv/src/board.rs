//! The board, QEMU's virt: a timer, a place to print to, a way to end.

use core::{
    fmt::{self, Write},
    panic::PanicInfo,
};

use riscv::register::{mie, time};

pub use riscv::asm::wfi as sleep;

/// The clock of the timer, in Hz.
const CLOCK: u64 = 10_000_000;

/// 100 ms: far longer than the work of one tick takes, also where the compiler has optimised nothing.
const TICK: u64 = CLOCK / 10;

/// From here on there is a timer interrupt every tick.
pub fn start_timer() {
    set_alarm(time::read64() + TICK);
    // SAFETY: the interrupt has its handler, and there is no critical section here that it could break.
    unsafe { mie::set_mtimer() };
    // SAFETY: as above.
    unsafe { riscv::interrupt::enable() };
}

/// Moves the alarm on by a tick. Called by the timer's interrupt, which is pending until that is done.
pub fn next_alarm() {
    // Counted from the last alarm, not from now: what the interrupt was late does not add up.
    set_alarm(alarm() + TICK);
}

/// The two words of the timer's compare register.
const ALARM_LOW: *mut u32 = 0x0200_4000 as *mut u32;
const ALARM_HIGH: *mut u32 = 0x0200_4004 as *mut u32;

fn alarm() -> u64 {
    // SAFETY: a register of the machine; reading it changes nothing.
    let low = unsafe { ALARM_LOW.read_volatile() };
    // SAFETY: as above.
    let high = unsafe { ALARM_HIGH.read_volatile() };
    u64::from(high) << 32 | u64::from(low)
}

fn set_alarm(time: u64) {
    // SAFETY: a register of the machine, and this file's alone. The upper word is the greatest there is while the lower
    // one changes, so that no alarm goes off in between.
    unsafe {
        ALARM_HIGH.write_volatile(u32::MAX);
        ALARM_LOW.write_volatile(time as u32);
        ALARM_HIGH.write_volatile((time >> 32) as u32);
    }
}

/// The machine's 16550.
pub struct Uart;

impl Uart {
    const DATA: *mut u8 = 0x1000_0000 as *mut u8;
    const STATUS: *const u8 = 0x1000_0005 as *const u8;
    const READY: u8 = 1 << 5;
}

impl Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: a register of the machine; reading it clears no flag that is used here.
            while unsafe { Uart::STATUS.read_volatile() } & Uart::READY == 0 {}
            // SAFETY: a register of the machine, which takes any byte where it is ready.
            unsafe { Uart::DATA.write_volatile(byte) };
        }
        Ok(())
    }
}

macro_rules! print {
    ($($text:tt)*) => {{
        use core::fmt::Write;
        let _ = write!($crate::board::Uart, $($text)*);
    }};
}
macro_rules! println {
    ($($text:tt)*) => {{
        use core::fmt::Write;
        let _ = writeln!($crate::board::Uart, $($text)*);
    }};
}
pub(crate) use {print, println};

/// Ends the emulator. Its caller sees status 0, or 1 where `ok` is false.
pub fn exit(ok: bool) -> ! {
    const TEST_DEVICE: *mut u32 = 0x0010_0000 as *mut u32;
    // SAFETY: a register of the machine that has no other use.
    unsafe { TEST_DEVICE.write_volatile(if ok { 0x5555 } else { 1 << 16 | 0x3333 }) };
    loop {
        sleep();
    }
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    println!("{info}");
    exit(false)
}
