//! Memory that the core itself keeps the program from: `SRAM2`, by its memory protection.

#[cfg(all(target_arch = "arm", not(armv8m)))]
pub use arm::without_sram2;
#[cfg(armv8m)]
pub use armv8m::without_sram2;
#[cfg(target_arch = "riscv32")]
pub use riscv::without_sram2;

/// The memory protection unit of Armv7-M (DDI 0403, B3.5) and of Armv8-M (DDI 0553, D1.2: `MPU_*`). An Armv6-M core
/// may have one; the microbit's has none.
#[cfg(target_arch = "arm")]
mod arm {
    use cortex_m::asm;

    const TYPE: *mut u32 = 0xE000_ED90 as *mut u32;
    pub(super) const CTRL: *mut u32 = 0xE000_ED94 as *mut u32;
    const RNR: *mut u32 = 0xE000_ED98 as *mut u32;
    const RBAR: *mut u32 = 0xE000_ED9C as *mut u32;
    /// `MPU_RASR` on Armv7-M, `MPU_RLAR` on Armv8-M.
    const SIZE_OR_LIMIT: *mut u32 = 0xE000_EDA0 as *mut u32;

    /// `MPU_CTRL`: on, and privileged code may use what is in no region.
    const ENABLE: u32 = 0b101;

    pub(super) fn set(register: *mut u32, value: u32) {
        // SAFETY: the registers above, of which only this module knows.
        unsafe { register.write_volatile(value) };
    }

    pub(super) fn region(number: u32, base: u32, size_or_limit: u32) {
        set(RNR, number);
        set(RBAR, base);
        set(SIZE_OR_LIMIT, size_or_limit);
    }

    pub(super) fn enable() {
        // SAFETY: reading it has no effect.
        let regions = unsafe { TYPE.read_volatile() } >> 8 & 0xFF;
        assert!(regions >= 3, "the core has no memory protection");
        set(CTRL, ENABLE);
        asm::dsb();
        asm::isb();
    }

    /// Calls `function` while no access to `SRAM2` is allowed. (A fault is taken as a hard fault: the handler of its own
    /// is off.)
    #[cfg(not(armv8m))]
    pub fn without_sram2(function: impl FnOnce()) {
        // 2 to the power of 20 bytes; AP 0: no access; XN.
        region(0, 0x2100_0000, 1 << 28 | (20 - 1) << 1 | 1);
        enable();
        function();
        set(CTRL, 0);
        asm::dsb();
    }
}

/// The unit of Armv8-M can keep only unprivileged code from all access.
#[cfg(armv8m)]
mod armv8m {
    use core::arch::asm;

    use cortex_m::{
        asm::dsb,
        register::control::{self, Npriv},
    };

    use super::arm::{CTRL, enable, region, set};

    const MAIR0: *mut u32 = 0xE000_EDC0 as *mut u32;

    /// Calls `function` while no access to `SRAM2` is allowed: unprivileged, with regions for all that it needs.
    pub fn without_sram2(function: impl FnOnce()) {
        // Normal memory, not cached.
        set(MAIR0, 0x44);
        // Read-only for all; read and write for all, XN; read and write for privileged code, XN.
        region(0, 0x1000_0000 | 0b11 << 1, 0x103F_FFE0 | 1);
        region(1, 0x3800_0000 | 0b01 << 1 | 1, 0x381F_FFE0 | 1);
        region(2, 0x3820_0000 | 1, 0x382F_FFE0 | 1);
        enable();
        change_privilege(Npriv::Unprivileged);
        function();
        // SAFETY: the handler below makes the code privileged again, and nothing else.
        unsafe { asm!("svc 0") };
        set(CTRL, 0);
        dsb();
    }

    fn change_privilege(privilege: Npriv) {
        let mut control = control::read();
        control.set_npriv(privilege);
        // SAFETY: code, data and stack lie in regions that unprivileged code may use.
        unsafe { control::write(control) };
    }

    #[cortex_m_rt::exception]
    fn SVCall() {
        change_privilege(Npriv::Privileged);
    }
}

/// Physical memory protection: the RISC-V privileged architecture, 3.7.
#[cfg(target_arch = "riscv32")]
mod riscv {
    use riscv::register::{Permission, Range, pmpaddr0, pmpcfg0};

    /// Calls `function` while no access to `SRAM2` is allowed, and leaves it so: a locked entry holds for machine mode
    /// too, until a reset.
    pub fn without_sram2(function: impl FnOnce()) {
        const START: usize = 0x8010_0000;
        const SIZE: usize = 1 << 20;
        // NAPOT: as many ones at the end as the size, in units of 8 bytes, has zeros.
        // SAFETY: the entry is off.
        unsafe { pmpaddr0::write(START >> 2 | (SIZE / 8 - 1)) };
        // SAFETY: nothing uses the memory any more.
        unsafe { pmpcfg0::set_pmp(0, Range::NAPOT, Permission::NONE, true) };
        function();
    }
}
