//! Firmware that is timed: the least that links for a Cortex-M3, without a pool and with one.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use super::crates::Workspace;
use crate::{process, toolchain::Cross, top};

const TARGET: &str = "thumbv7m-none-eabi";

/// As in `.cargo/config.toml` of a firmware: the linker script of cortex-m-rt. And what heapless's build script would find
/// out by a trial compilation, if only it took an empty `RUSTC_WRAPPER` for none.
const FLAGS: &str = "-Clink-arg=-Tlink.x --cfg arm_llsc";

/// The linker finds it in the top folder of the workspace.
const MEMORY: &str = "tests/firmware/memory/mps2-an385.x";

/// What most firmware has in its manifest.
pub(super) const PROFILE: &str = "[profile.release]\nopt-level = \"s\"\nlto = \"fat\"\n";

/// A program.
#[derive(Debug)]
pub(super) struct Firmware {
    pub(super) what: &'static str,
    pub(super) package: &'static str,
    /// Besides start-up and the critical section, which all of them have.
    dependency: &'static str,
    items: &'static str,
    /// In `main`, before its loop.
    start: &'static str,
    /// In the loop.
    turn: &'static str,
}

/// The first is the one that the others are compared with.
pub(super) const FIRMWARE: &[Firmware] = &[
    Firmware {
        what: "no pool: cortex-m-rt, cortex-m's critical section, a panic handler",
        package: "firmware",
        dependency: "",
        items: "",
        start: "",
        turn: "cortex_m::asm::nop();",
    },
    Firmware {
        what: "and mem-blocks: a pool of 32 blocks, one taken and given back",
        package: "firmware-with-mem-blocks",
        dependency: "mem-blocks.workspace = true\n",
        items: "
use mem_blocks::{MemBlocks, mem_blocks};
#[mem_blocks]
static POOL: MemBlocks<[u8; 64], 32>;",
        start: "",
        turn: "drop(core::hint::black_box(POOL.alloc()));",
    },
    Firmware {
        what: "the same with heapless: `box_pool!`, an array of blocks",
        package: "firmware-with-heapless",
        // Without the feature that its pools want on a host.
        dependency: "heapless = \"0.9\"\n",
        items: "
use core::mem::MaybeUninit;
use heapless::{box_pool, pool::boxed::BoxBlock};
type Content = MaybeUninit<[u8; 64]>;
box_pool!(Pool: Content);",
        start: "
    const BLOCK: BoxBlock<Content> = BoxBlock::new();
    static mut BLOCKS: [BoxBlock<Content>; 32] = [BLOCK; 32];
    let blocks: &'static mut [BoxBlock<Content>] = unsafe { &mut *(&raw mut BLOCKS) };
    for block in blocks {
        Pool.manage(block);
    }",
        turn: "drop(core::hint::black_box(Pool.alloc(MaybeUninit::uninit())));",
    },
];

impl Firmware {
    pub(super) fn dependencies(&self) -> String {
        format!("cortex-m.workspace = true\ncortex-m-rt.workspace = true\n{}", self.dependency)
    }

    /// The whole program.
    pub(super) fn source(&self) -> String {
        let Firmware { items, start, turn, .. } = self;
        format!(
            "#![no_std]
#![no_main]
use cortex_m as _;{items}
#[cortex_m_rt::entry]
fn main() -> ! {{{start}
    loop {{
        {turn}
    }}
}}
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {{
    loop {{}}
}}
"
        )
    }
}

/// Where firmware is built, with a `core` that is there already.
#[derive(Debug)]
pub(super) struct Builds<'a> {
    workspace: &'a Workspace,
    cross: Cross,
}

impl<'a> Builds<'a> {
    pub(super) fn set_up(workspace: &'a Workspace) -> Result<Self> {
        fs::copy(top().join(MEMORY), workspace.folder().join("memory.x")).context(MEMORY)?;
        Ok(Builds { workspace, cross: Cross::find(TARGET)? })
    }

    /// A cargo that builds it.
    pub(super) fn build(&self, firmware: &Firmware) -> Result<Command> {
        let mut cargo = self.cargo("build")?;
        cargo.args(["--package", firmware.package]);
        Ok(cargo)
    }

    /// Forgets whatever has been built.
    pub(super) fn clear(&self) -> Result<()> {
        process::output_of(&mut self.cargo("clean")?)?;
        Ok(())
    }

    /// The version of the compiler.
    pub(super) fn compiler(&self) -> Result<String> {
        self.cross.version()
    }

    fn cargo(&self, subcommand: &str) -> Result<Command> {
        let mut cargo = self.cross.cargo(subcommand, TARGET, "build-time")?;
        self.workspace.prepare(&mut cargo, "firmware-target");
        cargo.arg("--release").env("RUSTFLAGS", FLAGS).env("CARGO_NET_OFFLINE", "true");
        Ok(cargo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_its_items_and_its_loop() {
        let firmware = Firmware {
            what: "",
            package: "",
            dependency: "d = \"1\"\n",
            items: "\nstatic A: u8;",
            start: "\n    b();",
            turn: "c();",
        };
        let source = firmware.source();
        assert!(source.contains("\nstatic A: u8;\n#[cortex_m_rt::entry]\n"));
        assert!(source.contains("{\n    b();\n    loop {\n        c();\n    }\n}\n"));
        assert!(firmware.dependencies().ends_with("\nd = \"1\"\n"));
    }
}
