//! What tells a trace of the program where it is.

use core::arch::asm;

/// Stores a word right below the stack pointer: the trace sees the address, and so where the stack begins that a
/// function uses which is called next.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the stack pointer is that of the caller")]
pub fn mark_stack() {
    // SAFETY: nothing is below the stack pointer.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("push {{r7}}", "pop {{r7}}");
    }
    // SAFETY: as above.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        asm!("sw zero, -4(sp)");
    }
}

/// Functions of which a trace counts the instructions, from the call of `measured_NAME` to its return.
#[macro_export]
macro_rules! measured {
    ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? $body:block)*) => {
        $(
            #[inline(always)]
            #[expect(clippy::inline_always, reason = "the mark is to be next to the call")]
            fn $name($($argument: $type),*) $(-> $result)? {
                #[inline(never)]
                #[unsafe(export_name = concat!("measured_", stringify!($name)))]
                fn measured($($argument: $type),*) $(-> $result)? $body

                $crate::markers::mark_stack();
                measured($($argument),*)
            }
        )*
    };
}
