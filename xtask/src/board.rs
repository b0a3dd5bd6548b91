//! The emulated boards, and what the programs for them must show.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::{
    log,
    toolchain::{self, Cross},
    top,
};

/// The package with the programs.
pub(crate) const PACKAGE: &str = "firmware";

/// The memory region with all that the image carries.
pub(crate) const LOAD_REGION: &str = "FLASH";

/// A machine that QEMU emulates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Board {
    /// Its own, for folders and messages.
    pub(crate) name: &'static str,
    /// As the cost tables call it; those without a name have the costs of another board.
    pub(crate) core: Option<&'static str>,
    pub(crate) target: &'static str,
    /// Whether the programs make each exchange of a word under the lock, as if the core had no compare-and-swap.
    pub(crate) by_lock: bool,
    /// For `cargo build`.
    pub(crate) features: &'static [&'static str],
    /// The program of QEMU.
    pub(crate) emulator: &'static str,
    /// Separated by spaces.
    pub(crate) options: &'static str,
    /// The linker script with its memory regions.
    pub(crate) memory: &'static str,
    pub(crate) programs: Programs,
    pub(crate) controls: &'static [Control],
}

/// Which of the programs are run on a board.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Programs {
    /// But for the one that writes a log.
    All,
    /// With the reason.
    AllBut(&'static str, &'static str),
    Only(&'static [&'static str]),
}

/// A program with something broken by a feature, and what the check that looks for it must say.
#[derive(Debug)]
pub(crate) struct Control {
    /// For `cargo build`, in place of the board's.
    pub(crate) features: &'static [&'static str],
    pub(crate) program: &'static str,
    /// One of these.
    pub(crate) says: &'static [&'static str],
}

// `-icount shift=0`: one instruction takes one nanosecond of the machine's time, so every run is the same, and interrupts
// come between any two instructions instead of between two blocks of translated code.
pub(crate) const BOARDS: &[Board] =
    &[MICROBIT, MPS2_AN385, MPS2_AN505, VIRT_IMAC, VIRT_IMC, VIRT_TWO_HARTS];

/// Those with a compare-and-swap, once more without it.
pub(crate) const BY_LOCK: &[Board] = &[
    by_lock("mps2-an385-by-lock", &MPS2_AN385),
    by_lock("mps2-an505-by-lock", &MPS2_AN505),
    by_lock("virt-imac-by-lock", &VIRT_IMAC),
    by_lock("virt-two-harts-by-lock", &VIRT_TWO_HARTS),
];

/// The one on which the log is written: with another linker script, and what a log needs compiled in.
pub(crate) const LOGGING: Board = Board {
    name: "mps2-an385-log",
    core: None,
    features: &["--features=defmt"],
    programs: Programs::Only(&[log::PROGRAM]),
    controls: &[Control {
        features: &["--features=defmt,break-frame"],
        program: log::PROGRAM,
        says: &["malformed frame"],
    }],
    ..MPS2_AN385
};

/// The programs that do on a board what they can do without a compare-and-swap too.
const fn by_lock(name: &'static str, board: &Board) -> Board {
    Board { by_lock: true, ..with(name, board, board.features) }
}

/// Two of them once more, with statistics.
pub(crate) const WITH_STATS: &[Board] = &[
    STATS,
    with(
        "virt-two-harts-stats",
        &VIRT_TWO_HARTS,
        &["--no-default-features", "--features=two-harts,stats"],
    ),
];

/// For what features of the runtime crate cost.
pub(crate) const STATS: Board = with("mps2-an385-stats", &MPS2_AN385, &["--features=stats"]);
pub(crate) const LISTENER: Board =
    with("mps2-an385-listener", &MPS2_AN385, &["--features=listener"]);
pub(crate) const LISTENED: Board =
    with("mps2-an385-listened", &MPS2_AN385, &["--features=listened"]);

/// The programs that do the same on a board with other features.
const fn with(name: &'static str, board: &Board, features: &'static [&'static str]) -> Board {
    let programs = Programs::Only(CONTEXTS);
    Board { name, core: None, features, programs, controls: &[], ..*board }
}

/// Those for which it matters who shares the pools, and how.
const CONTEXTS: &[&str] = &["edges", "groups", "handles", "model", "pairs", "storm"];

const MICROBIT: Board = Board {
    name: "microbit",
    core: Some("Cortex-M0"),
    target: "thumbv6m-none-eabi",
    by_lock: false,
    features: &[],
    emulator: "qemu-system-arm",
    options: "-machine microbit -display none -monitor none -serial null \
        -semihosting-config enable=on,target=native -icount shift=0",
    memory: "microbit.x",
    programs: Programs::AllBut("protected", "the core has no memory protection"),
    controls: &[TOUCH, TOUCH_RAM, LOCK, PANIC, DIVISION_BY_CALL],
};

const MPS2_AN385: Board = Board {
    name: "mps2-an385",
    core: Some("Cortex-M3"),
    target: "thumbv7m-none-eabi",
    by_lock: false,
    features: &[],
    emulator: "qemu-system-arm",
    options: "-machine mps2-an385 -cpu cortex-m3 -display none -monitor none -serial null \
        -semihosting-config enable=on,target=native -icount shift=0",
    memory: "mps2-an385.x",
    programs: Programs::All,
    controls: &[
        TOUCH,
        TOUCH_RAM,
        PROTECTION,
        LOCK,
        PANIC,
        DIVISION,
        SECTION,
        NOLOAD,
        INSERT,
        DATA,
        Control {
            features: &["--features=break-output"],
            program: "allocators",
            says: &["printed:  one line too many"],
        },
        Control {
            features: &["--features=break-status"],
            program: "allocators",
            says: &["ended with exit status: 1"],
        },
    ],
};

const MPS2_AN505: Board = Board {
    name: "mps2-an505",
    core: Some("Cortex-M33"),
    target: "thumbv8m.main-none-eabi",
    by_lock: false,
    features: &[],
    emulator: "qemu-system-arm",
    options: "-machine mps2-an505 -cpu cortex-m33 -display none -monitor none -serial null \
        -semihosting-config enable=on,target=native -icount shift=0",
    memory: "mps2-an505.x",
    programs: Programs::All,
    controls: &[TOUCH, TOUCH_RAM, PROTECTION, LOCK, PANIC],
};

const VIRT_IMAC: Board = Board {
    name: "virt-imac",
    core: Some("RV32IMAC"),
    target: "riscv32imac-unknown-none-elf",
    by_lock: false,
    features: &[],
    emulator: "qemu-system-riscv32",
    options: "-machine virt -bios none -display none -monitor none -serial stdio -icount shift=0",
    memory: "virt.x",
    programs: Programs::All,
    controls: &[
        TOUCH,
        TOUCH_RAM,
        PROTECTION,
        LOCK,
        PANIC,
        DIVISION_RISCV,
        SECTION,
        NOLOAD,
        INSERT,
        DATA,
    ],
};

const VIRT_IMC: Board = Board {
    name: "virt-imc",
    core: Some("RV32IMC"),
    target: "riscv32imc-unknown-none-elf",
    by_lock: false,
    features: &[],
    emulator: "qemu-system-riscv32",
    options: "-machine virt -cpu rv32,a=off,f=off,d=off -bios none -display none -monitor none \
        -serial stdio -icount shift=0",
    memory: "virt.x",
    programs: Programs::All,
    controls: &[TOUCH, TOUCH_RAM, PROTECTION, LOCK, PANIC],
};

const VIRT_TWO_HARTS: Board = Board {
    name: "virt-two-harts",
    core: None,
    target: "riscv32imac-unknown-none-elf",
    by_lock: false,
    features: &["--no-default-features", "--features=two-harts"],
    emulator: "qemu-system-riscv32",
    // Without `-icount`, which would let the harts take turns: they really run at once.
    options: "-machine virt -smp 2 -bios none -display none -monitor none -serial stdio",
    memory: "virt.x",
    programs: Programs::Only(CONTEXTS),
    controls: &[
        Control { features: &["--no-default-features", "--features=two-harts,break-lock"], ..LOCK },
        Control { features: &["--no-default-features", "--features=two-harts,break-spin"], ..LOCK },
    ],
};

const TOUCH: Control = Control {
    features: &["--features=break-touch"],
    program: "untouched",
    says: &["fault: an access"],
};
const TOUCH_RAM: Control = Control {
    features: &["--features=break-touch-ram"],
    program: "untouched",
    says: &["KEPT: the program touches it: a store to"],
};
const SECTION: Control =
    Control { features: &["--features=break-section"], program: "allocators", says: &[".nobody"] };
const NOLOAD: Control = Control {
    features: &["--features=break-noload"],
    says: &["FRAMES: the image carries its bytes"],
    ..SECTION
};
const INSERT: Control = Control {
    features: &["--features=break-insert"],
    says: &["FRAMES: start-up zeroes it"],
    ..SECTION
};
const DATA: Control =
    Control { features: &["--features=break-data"], says: &[".data has 4 bytes"], ..SECTION };
const PROTECTION: Control = Control { program: "protected", ..TOUCH };
/// What is said of a program that does not end.
pub(crate) const HANGS: &str = "did not end within";
const LOCK: Control = Control {
    features: &["--no-default-features", "--features=break-lock"],
    program: "storm",
    // It panics, takes a wrong address for one and faults, or waits for a change that nobody ends.
    says: &["ended with exit status: 1", HANGS],
};
const PANIC: Control = Control {
    features: &["--features=break-panic"],
    program: "no_panic",
    says: &["undefined symbol: a_panic_can_be_reached"],
};
const DIVISION: Control = Control {
    features: &["--features=break-division"],
    program: "no_division",
    says: &["udiv at"],
};
const DIVISION_RISCV: Control = Control { says: &["divu at"], ..DIVISION };
const DIVISION_BY_CALL: Control = Control { says: &["the program has __"], ..DIVISION };

/// Where the definition of an allocator in the program `allocators` says that its buffer lies.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) allocator: &'static str,
    pub(crate) section: &'static str,
    pub(crate) align: u64,
    pub(crate) size: u64,
    /// Words of the bitmap with its summary, of four bytes each.
    pub(crate) words: u64,
    /// Whether the program passes the descriptor on. Another one may be folded into the code that uses it.
    pub(crate) is_passed_on: bool,
}

impl Buffer {
    const fn new(allocator: &'static str, section: &'static str, align: u64, size: u64) -> Self {
        Buffer { allocator, section, align, size, words: 1, is_passed_on: false }
    }

    /// The memory region in which the board's linker script puts the section.
    pub(crate) fn region(&self) -> &'static str {
        if self.section == ".sram2" { "SRAM2" } else { "RAM" }
    }
}

pub(crate) const BUFFERS: &[Buffer] = &[
    Buffer { is_passed_on: true, ..Buffer::new("FRAMES", ".sram2", 32, 8 * 192) },
    Buffer::new("KEPT", ".uninit", 4, 4 * 16),
    Buffer { is_passed_on: true, ..Buffer::new("SMALL", ".bss", 32, 4 * 64) },
    Buffer { is_passed_on: true, ..Buffer::new("LARGE", ".bss", 4, 3 * 200) },
    // Two words, and their summary.
    Buffer { words: 3, ..Buffer::new("PACKETS", ".bss", 4, 33 * 40) },
    Buffer::new("SCRATCH", ".bss", 4, 2 * 16),
];

/// A file or folder of the package.
pub(crate) fn path(inside: &str) -> PathBuf {
    top().join("tests/firmware").join(inside)
}

impl Board {
    /// Where its programs are built.
    pub(crate) fn target_dir(&self) -> PathBuf {
        toolchain::target_dir().join("firmware").join(self.name)
    }

    /// A cargo that builds, or looks at, its programs.
    pub(crate) fn cargo(&self, cross: &Cross, subcommand: &str) -> Result<Command> {
        let mut cargo = cross.cargo(subcommand, self.target, self.name)?;
        if self.by_lock {
            toolchain::without_compare_and_swap(&mut cargo);
        }
        Ok(cargo)
    }

    /// The emulator with a program.
    pub(crate) fn emulator(&self, elf: &Path) -> Result<Command> {
        let mut emulator = Command::new(toolchain::emulator(self.emulator)?);
        emulator.args(self.options.split_whitespace()).arg("-kernel").arg(elf);
        Ok(emulator)
    }
}
