//! The same linker fragment under riscv-rt: a buffer in a memory region of its own, of which the image carries no byte
//! and which start-up leaves alone.

#![no_std]
#![no_main]

use core::{
    fmt::{self, Write},
    panic::PanicInfo,
};

use mem_blocks::{AllocError, MemBlocks, mem_blocks};
use riscv_rt::entry;

#[mem_blocks(align = 32, unsafe(section = ".sram2"))]
static FRAMES: MemBlocks<[u8; 96], 20>;

#[mem_blocks(uninit)]
static KEPT: MemBlocks<[u32; 4], 4>;

#[mem_blocks]
static PLAIN: MemBlocks<[u8; 20], 33>;

/// The serial line of QEMU's `virt`.
struct Uart;

impl Write for Uart {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // SAFETY: the transmit register of the machine's 16550, which takes any byte at any time.
            unsafe { (0x1000_0000 as *mut u8).write_volatile(byte) };
        }
        Ok(())
    }
}

/// Ends the emulator. Its caller sees status 0, or 1 where `ok` is false.
fn exit(ok: bool) -> ! {
    test_device(if ok { 0x5555 } else { 1 << 16 | 0x3333 })
}

/// A system reset; the memory keeps its content.
fn reset() -> ! {
    test_device(0x7777)
}

fn test_device(command: u32) -> ! {
    // SAFETY: the machine's test device, which has no other use.
    unsafe { (0x0010_0000 as *mut u32).write_volatile(command) };
    loop {
        riscv::asm::wfi();
    }
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    let _ = writeln!(Uart, "{info}");
    exit(false)
}

#[entry]
fn main() -> ! {
    if second_start(&FRAMES, [0x5A; 96]) & second_start(&KEPT, [0x600D_F00D; 4]) {
        let _ = writeln!(Uart, "FRAMES, KEPT: content survived the reset");
    } else {
        let _ = writeln!(Uart, "FRAMES, KEPT: written, now a system reset");
        reset();
    }

    let run = FRAMES.alloc_contiguous(20).unwrap();
    assert_eq!(FRAMES.alloc().unwrap_err(), AllocError::Exhausted);
    assert!(run.iter().all(|block| block.as_ptr() as usize % 32 == 0));
    drop(run);
    let kept = KEPT.alloc_zeroed().unwrap();
    let plain = PLAIN.alloc_array::<33>().unwrap();
    assert_eq!((FRAMES.used(), KEPT.used(), PLAIN.used()), (0, 1, 33));
    drop((kept, plain));
    assert_eq!((FRAMES.used(), KEPT.used(), PLAIN.used()), (0, 0, 0));
    let _ = writeln!(Uart, "FRAMES, KEPT, PLAIN: all blocks used and given back");
    exit(true)
}

/// Whether block 0 holds what a start before this one has written there.
fn second_start<T: Copy + PartialEq, const N: usize>(
    pool: &'static MemBlocks<T, N>,
    mark: T,
) -> bool {
    let mut run = pool.claim(0..1).unwrap();
    let block: *mut T = run[0].as_mut_ptr();
    // SAFETY: `block` is ours for as long as `run` lives. Its memory holds what the last owner left, and for the types
    // used here every bit pattern is a value; volatile, so that the compiler takes it from the memory.
    let found = unsafe { block.read_volatile() } == mark;
    // SAFETY: as above.
    unsafe { block.write_volatile(mark) };
    found
}
