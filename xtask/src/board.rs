//! The emulated boards, the packages with programs for them, and what those programs must show.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::{size, toolchain, top};

/// A machine that QEMU emulates, and the package with the programs for it.
#[derive(Debug)]
pub(crate) struct Board {
    pub(crate) machine: &'static str,
    pub(crate) target: &'static str,
    pub(crate) package: &'static str,
    /// The package's folder in `tests/firmware`.
    pub(crate) folder: &'static str,
    pub(crate) emulator: &'static str,
    /// Separated by spaces.
    pub(crate) options: &'static str,
    /// The memory region with all that the image carries.
    pub(crate) load_region: &'static str,
    /// The program in which no descriptor is left, and its only allocator.
    pub(crate) folded: Option<(&'static str, &'static str)>,
    /// The program whose variables have the places of `buffers`.
    pub(crate) placed: &'static str,
    pub(crate) buffers: &'static [Buffer],
    pub(crate) controls: &'static [Control],
}

/// Where the definition of an allocator says that its buffer lies.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) allocator: &'static str,
    pub(crate) section: &'static str,
    pub(crate) align: u64,
    pub(crate) size: u64,
    /// Words of the bitmap, of four bytes each.
    pub(crate) words: u64,
    /// Whether the program passes the descriptor on. Another one may be folded into the code that uses it.
    pub(crate) is_passed_on: bool,
}

/// A program with something broken by a feature, and what the check that looks for it must say.
#[derive(Debug)]
pub(crate) struct Control {
    /// For `cargo build`.
    pub(crate) options: &'static [&'static str],
    pub(crate) program: &'static str,
    pub(crate) says: &'static str,
}

pub(crate) const BOARDS: &[Board] = &[
    Board {
        machine: "mps2-an385",
        target: "thumbv7m-none-eabi",
        package: "firmware-cortex-m",
        folder: "cortex-m",
        emulator: "qemu-system-arm",
        // `-icount shift=0`: one instruction takes one nanosecond of the machine's time, so every run is the same, and
        // interrupts come between any two instructions instead of between two blocks of translated code.
        options: "-cpu cortex-m3 -display none -monitor none -serial null \
            -semihosting-config enable=on,target=native -icount shift=0",
        load_region: "FLASH",
        folded: Some(("folded", "POOL")),
        placed: "allocators",
        buffers: &[
            Buffer {
                allocator: "FRAMES",
                section: ".sram2",
                align: 32,
                size: 8 * 1536,
                words: 1,
                is_passed_on: true,
            },
            Buffer {
                allocator: "KEPT",
                section: ".uninit",
                align: 4,
                size: 4 * 16,
                words: 1,
                is_passed_on: false,
            },
            Buffer {
                allocator: "SMALL",
                section: ".bss",
                align: 32,
                size: 4 * 64,
                words: 1,
                is_passed_on: true,
            },
            Buffer {
                allocator: "LARGE",
                section: ".bss",
                align: 4,
                size: 3 * 200,
                words: 1,
                is_passed_on: true,
            },
            Buffer {
                allocator: "PACKETS",
                section: ".bss",
                align: 4,
                size: 33 * 40,
                words: 2,
                is_passed_on: false,
            },
            Buffer {
                allocator: "SCRATCH",
                section: ".bss",
                align: 4,
                size: 2 * 16,
                words: 1,
                is_passed_on: false,
            },
        ],
        controls: &[
            Control {
                options: &["--features=break-panic"],
                program: "no_panic",
                says: "undefined symbol: a_panic_can_be_reached",
            },
            Control {
                options: &["--features=break-division"],
                program: "no_division",
                says: "udiv",
            },
            Control {
                options: &["--features=break-folded"],
                program: "folded",
                says: "POOL: its descriptor is in the image",
            },
            Control {
                options: &["--no-default-features", "--features=break-lock"],
                program: "interrupt",
                says: "a block has another owner",
            },
            Control {
                options: &["--features=break-touch"],
                program: "untouched",
                says: "bus fault",
            },
            Control {
                options: &["--features=break-section"],
                program: "allocators",
                says: ".nowhere",
            },
            Control {
                options: &["--features=break-noload"],
                program: "allocators",
                says: "FRAMES: the image carries its bytes",
            },
            Control {
                options: &["--features=break-insert"],
                program: "allocators",
                says: "FRAMES: start-up zeroes it",
            },
            Control {
                options: &["--features=break-data"],
                program: "allocators",
                says: ".data has 4 bytes",
            },
            Control {
                options: &["--features=break-output"],
                program: "allocators",
                says: "printed:  one line too many",
            },
            Control {
                options: &["--features=break-status"],
                program: "allocators",
                says: "ended with exit status: 1",
            },
        ],
    },
    Board {
        machine: "virt",
        target: "riscv32imac-unknown-none-elf",
        package: "firmware-riscv",
        folder: "riscv",
        emulator: "qemu-system-riscv32",
        options: "-bios none -display none -monitor none -serial stdio",
        load_region: "RAM",
        folded: None,
        placed: "sections",
        buffers: &[
            Buffer {
                allocator: "FRAMES",
                section: ".sram2",
                align: 32,
                size: 20 * 96,
                words: 1,
                is_passed_on: true,
            },
            Buffer {
                allocator: "KEPT",
                section: ".uninit",
                align: 4,
                size: 4 * 16,
                words: 1,
                is_passed_on: false,
            },
            Buffer {
                allocator: "PLAIN",
                section: ".bss",
                align: 4,
                size: 33 * 20,
                words: 2,
                is_passed_on: false,
            },
        ],
        controls: &[],
    },
];

/// Every package with firmware, and a board that it is built for.
pub(crate) fn packages() -> impl Iterator<Item = (&'static Board, &'static str)> {
    BOARDS.iter().map(|board| (board, board.package)).chain([(&BOARDS[0], size::PACKAGE)])
}

impl Board {
    /// A file or folder of the board's package.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        top().join("tests/firmware").join(self.folder).join(inside)
    }

    /// The emulator with a program.
    pub(crate) fn emulator(&self, elf: &Path) -> Result<Command> {
        let mut emulator = Command::new(toolchain::emulator(self.emulator)?);
        emulator.args(["-machine", self.machine]).args(self.options.split(' '));
        emulator.arg("-kernel").arg(elf);
        Ok(emulator)
    }
}

impl Buffer {
    /// The memory region in which the board's linker script puts the section.
    pub(crate) fn region(&self) -> &'static str {
        if self.section == ".sram2" { "SRAM2" } else { "RAM" }
    }
}
