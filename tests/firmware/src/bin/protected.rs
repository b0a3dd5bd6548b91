//! Everything that does not use a block, while the core's memory protection allows no access to the blocks.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use firmware::{entry, protection, say};
use mem_blocks::{Group, MemBlocks, choose, define_mem_blocks};
use mem_blocks_bodies::untouched;

define_mem_blocks! {
    // SAFETY: `.sram2` is plain RAM in the linker script.
    #[mem_blocks(align = 32, unsafe(section = ".sram2"))]
    static FRAMES: MemBlocks<[u8; 32], 40>;

    // SAFETY: as above.
    #[mem_blocks(unsafe(section = ".sram2"))]
    static ODD: MemBlocks<[u8; 7], 200>;
}

static BOTH: Group<usize, 2> =
    Group::new([FRAMES.raw(), ODD.raw()], choose::smallest_fit_or_larger);

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware::fail(info)
}

#[entry]
fn main() -> ! {
    // While it is allowed.
    assert!(FRAMES.alloc_zeroed().is_ok_and(|block| *block == [0; 32]));
    protection::without_sram2(|| {
        untouched::everything(&ODD, &FRAMES, &BOTH);
        #[cfg(feature = "break-touch")]
        if let Ok(block) = FRAMES.alloc() {
            // SAFETY: the block is ours. A single load, of a value that nobody looks at.
            let _ = unsafe { block.as_ptr().cast::<u8>().read_volatile() };
        }
    });
    say("protected: everything done, no access");
    firmware::exit(true)
}
