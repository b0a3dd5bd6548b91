//! Bytes that nobody has written, as values: whatever the memory holds.

use core::ptr::NonNull;

/// Makes bytes initialised, with values that nobody chose.
///
/// To Rust, a byte that was never written is not a number, although the memory holds one, and to read it as one is
/// undefined behaviour. So its address goes through assembly of which the compiler knows nothing but that it may write
/// there. In it there is no instruction: it is a program that writes to each byte some value, and picks the one that is
/// there (I12). That value must stay, so the memory must be such that two reads without a write between them give the
/// same: RAM does, pages that an operating system may take back and hand out anew would not (I13).
///
/// # Safety
///
/// The bytes are the caller's alone, and are those of blocks that are handed out.
#[cfg(all(
    any(
        target_arch = "aarch64",
        target_arch = "arm",
        target_arch = "riscv32",
        target_arch = "riscv64",
        target_arch = "x86",
        target_arch = "x86_64"
    ),
    not(miri)
))]
#[inline]
pub(crate) unsafe fn freeze(bytes: NonNull<[u8]>) {
    let start = bytes.cast::<u8>().as_ptr();
    // SAFETY: I12, I13. There is no instruction in it.
    unsafe { core::arch::asm!("/* {0} */", in(reg) start, options(nostack, preserves_flags)) };
}

/// The same where there is no such assembly, and under Miri, which runs none: the values are zeros.
///
/// # Safety
///
/// The bytes are the caller's alone, and are those of blocks that are handed out.
#[cfg(not(all(
    any(
        target_arch = "aarch64",
        target_arch = "arm",
        target_arch = "riscv32",
        target_arch = "riscv64",
        target_arch = "x86",
        target_arch = "x86_64"
    ),
    not(miri)
)))]
pub(crate) unsafe fn freeze(bytes: NonNull<[u8]>) {
    // SAFETY: I2, passed on to the caller.
    unsafe { bytes.cast::<u8>().write_bytes(0, bytes.len()) };
}
