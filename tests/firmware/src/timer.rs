//! A timer that interrupts once, after a time that can be set anew from its own handler.

/// Defines the handler of the timer's interrupt.
#[macro_export]
macro_rules! timer_interrupt {
    ($handler:path) => {
        #[cfg(target_arch = "arm")]
        #[cortex_m_rt::exception]
        fn SysTick() {
            $handler();
        }
        #[cfg(target_arch = "riscv32")]
        #[riscv_rt::core_interrupt(riscv::interrupt::Interrupt::MachineTimer)]
        fn machine_timer() {
            $handler();
        }
    };
}

pub use machine::{restart, start, stop};

#[cfg(target_arch = "arm")]
mod machine {
    use cortex_m::{
        asm,
        peripheral::{SCB, SYST},
    };

    /// `SYST_CSR`: the core's clock, an interrupt at 0, counting. Armv6-M manual, B3.3.3.
    const ON: u32 = 0b111;

    /// Interrupts this core, `ticks` from now at the earliest. A tick is 40 to 63 instructions where `-icount shift=0`
    /// makes one instruction one nanosecond.
    pub fn start(ticks: u32) {
        restart(ticks);
        // SAFETY: only this module uses the timer, on the only core.
        unsafe { (*SYST::PTR).csr.write(ON) };
    }

    /// The same from the handler.
    pub fn restart(ticks: u32) {
        // SAFETY: as above.
        unsafe { (*SYST::PTR).rvr.write(ticks) };
        // SAFETY: as above. Any value sets the count to 0, from where it starts anew.
        unsafe { (*SYST::PTR).cvr.write(0) };
        // What came meanwhile is not waited for.
        SCB::clear_pendst();
    }

    /// No more interrupts.
    pub fn stop() {
        // SAFETY: as above.
        unsafe { (*SYST::PTR).csr.write(0) };
        SCB::clear_pendst();
        asm::dsb();
        asm::isb();
    }
}

#[cfg(target_arch = "riscv32")]
mod machine {
    use riscv::register::{mhartid, mie};

    /// In the machine's core-local interruptor: the time, of which the upper half stays 0 for seven minutes.
    const TIME: *const u32 = 0x0200_BFF8 as *const u32;

    /// When to interrupt this hart: two words, the lower half first.
    fn compare() -> *mut u32 {
        (0x0200_4000 + 8 * mhartid::read()) as *mut u32
    }

    /// Interrupts this core, `ticks` from now at the earliest. A tick is 100 instructions where `-icount shift=0` makes
    /// one instruction one nanosecond.
    pub fn start(ticks: u32) {
        restart(ticks);
        // SAFETY: the program has a handler.
        unsafe { mie::set_mtimer() };
        crate::enable_interrupts();
    }

    /// The same from the handler.
    pub fn restart(ticks: u32) {
        // SAFETY: the device has the register.
        let now = unsafe { TIME.read_volatile() };
        // SAFETY: as above; each hart writes its own.
        unsafe { compare().wrapping_add(1).write_volatile(0) };
        // SAFETY: as above.
        unsafe { compare().write_volatile(now.wrapping_add(ticks)) };
    }

    /// No more interrupts.
    pub fn stop() {
        // SAFETY: it is turned off.
        unsafe { mie::clear_mtimer() };
    }
}
