//! Runs every program in `examples/`, on the host and on emulated microcontrollers, and compares its output with
//! `examples/expected/NAME.txt`.

use std::{
    env::{self, consts::EXE_SUFFIX},
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    expected::Mode,
    firmware::BUFFER,
    image::{self, Image},
    process, snapshot,
    toolchain::{self, Cross},
    top,
};

const PACKAGE: &str = "mem-blocks-examples";

/// An application for a microcontroller: a folder of that name, with a package of that name, which `cargo run` runs in an
/// emulator.
#[derive(Debug)]
pub(crate) struct Firmware {
    pub(crate) name: &'static str,
    pub(crate) target: &'static str,
    emulator: &'static str,
    /// Where its buffer lies.
    pub(crate) section: &'static str,
}

pub(crate) const FIRMWARE: [Firmware; 5] = [
    Firmware { section: ".sram2", ..on_cortex_m("firmware-cortex-m") },
    Firmware {
        name: "firmware-riscv",
        target: "riscv32imac-unknown-none-elf",
        emulator: "qemu-system-riscv32",
        section: ".sram2",
    },
    on_cortex_m("firmware-containers"),
    on_cortex_m("firmware-embassy"),
    on_cortex_m("firmware-rtic"),
];

const fn on_cortex_m(name: &'static str) -> Firmware {
    Firmware { name, target: "thumbv7m-none-eabi", emulator: "qemu-system-arm", section: ".bss" }
}

pub(crate) fn check(mode: Mode) -> Result<()> {
    let folder = top().join("examples");
    let mut names = programs(&folder.join("src/bin"))?;
    process::run(toolchain::cargo().args(["build", "--quiet", "--package", PACKAGE, "--bins"]))?;
    for name in &names {
        let program = toolchain::target_dir().join("debug").join(format!("{name}{EXE_SUFFIX}"));
        check_output(name, &mut Command::new(program), mode)?;
    }
    for firmware in &FIRMWARE {
        firmware.check(mode)?;
        names.push(firmware.name.to_owned());
    }
    no_stray_files(&folder.join("expected"), &names)
}

fn check_output(name: &str, command: &mut Command, mode: Mode) -> Result<()> {
    let ended = process::run_limited(command, Duration::from_secs(60), 1 << 16)?;
    if !ended.status.success() {
        bail!("example {name} ended with {}:\n{}{}", ended.status, ended.stdout, ended.stderr);
    }
    let expected = top().join("examples/expected").join(format!("{name}.txt"));
    snapshot::compare(&expected, &ended.stdout, mode).with_context(|| format!("example {name}"))?;
    println!("example {name}: ok");
    Ok(())
}

impl Firmware {
    pub(crate) fn folder(&self) -> PathBuf {
        top().join("examples").join(self.name)
    }

    /// A cargo for the application.
    pub(crate) fn cargo(&self, cross: &Cross, subcommand: &str) -> Result<Command> {
        let mut cargo = cross.cargo(subcommand, self.target, self.name)?;
        cargo.current_dir(self.folder());
        Ok(cargo)
    }

    /// Builds it, looks at its image, and runs it as its README says: with `cargo run`, and so with its own runner.
    fn check(&self, mode: Mode) -> Result<()> {
        let cross = Cross::find(self.target)?;
        process::run(self.cargo(&cross, "build")?.args(["--quiet", "--release", "--locked"]))?;
        let built = toolchain::target_dir().join("firmware").join(self.name).join(self.target);
        let image = Image::read(&built.join("release").join(self.name))?;
        let mut wrong = image.strays(&image::regions(&self.folder().join("memory.x"))?, "FLASH");
        let buffer = image.variables.iter().find(|variable| variable.is_inside(BUFFER));
        let section = self.section;
        if buffer.is_none_or(|buffer| buffer.section != section || image.is_loaded(&buffer.range)) {
            wrong.push(format!(
                "the buffer is not in {section}, or the image carries it: {buffer:?}"
            ));
        }
        if !wrong.is_empty() {
            bail!("example {}: {}", self.name, wrong.join("\n  "));
        }

        let emulator = toolchain::emulator(self.emulator)?;
        let mut cargo = self.cargo(&cross, "run")?;
        cargo.args(["--quiet", "--release", "--locked"]);
        // The runner names the emulator without a path.
        let own = cargo.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, path)| path);
        let path = own.map(ToOwned::to_owned).or_else(|| env::var_os("PATH")).unwrap_or_default();
        let folders = emulator.parent().map(Path::to_owned).into_iter();
        cargo.env("PATH", env::join_paths(folders.chain(env::split_paths(&path)))?);
        check_output(self.name, &mut cargo, mode)
    }
}

/// The names of the programs in a `src/bin` folder, in order. None at all is an error: the check would be empty.
pub(crate) fn programs(folder: &Path) -> Result<Vec<String>> {
    let names = stems(folder, "rs")?;
    if names.is_empty() {
        bail!("no programs in {}", folder.display());
    }
    Ok(names)
}

/// An expected output without its program tells of a program that was lost or renamed.
pub(crate) fn no_stray_files(expected: &Path, programs: &[String]) -> Result<()> {
    match stems(expected, "txt")?.iter().find(|name| !programs.contains(name)) {
        Some(name) => bail!("{} has {name}.txt, but there is no such program", expected.display()),
        None => Ok(()),
    }
}

fn stems(folder: &Path, extension: &str) -> Result<Vec<String>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}
