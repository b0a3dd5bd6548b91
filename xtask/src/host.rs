//! The checks that need nothing but the host: tests, lints, documentation, the oldest compiler.

use std::{env, fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    board::{self, BOARDS, LOGGING},
    examples::FIRMWARE,
    exhaustive, loom, peers,
    process::run,
    safety,
    toolchain::{self, Cross, cargo},
    top,
};

/// A package with nothing but definitions of allocators, which forbids `unsafe` and denies all warnings.
const STRICT: &str = "mem-blocks-strict";

/// Those besides the top one.
pub(crate) const WORKSPACES: [&str; 14] = [
    "bench",
    "bench/firmware",
    "examples/firmware-containers",
    "examples/firmware-cortex-m",
    "examples/firmware-embassy",
    "examples/firmware-riscv",
    "examples/firmware-rtic",
    "fuzz",
    "tests/exhaustive",
    "tests/firmware",
    "tests/lock",
    "tests/loom",
    "tests/stacks",
    "xtask/plugin",
];

/// Of the tests of the workspace, those of the runtime crate.
pub(crate) const RUNTIME_TESTS: [&str; 6] =
    ["bodies", "events", "faults", "host", "threads", "untouched"];

pub(crate) const PUBLISHED: [&str; 4] =
    ["--package", "mem-blocks", "--package", "mem-blocks-macros"];

pub(crate) fn test() -> Result<()> {
    run(cargo().args(["test", "--workspace"]))?;
    compiler_messages()?;
    run(in_lock(cargo().arg("test")))?;
    without_compare_and_swap()?;
    run(inside("bench", cargo().arg("test")))?;
    run(inside("tests/stacks", cargo().arg("test")))?;
    with_all_features()
}

/// The tests of the runtime crate once more, with all that can be asked of it.
fn with_all_features() -> Result<()> {
    let cargo = || {
        let mut cargo = cargo();
        cargo.env("CARGO_TARGET_DIR", toolchain::target_dir().join("all-features")).arg("test");
        cargo
    };
    run(cargo().args(["--package", "mem-blocks", "--all-features"]))?;
    let tests = ["--package", "mem-blocks-tests"];
    run(cargo().args(tests).args(["--features", "name", "--test", "name"]))?;
    // Without names, which would be in what is printed.
    let with_stats = ["stats"].iter().chain(&RUNTIME_TESTS).flat_map(|test| ["--test", test]);
    run(cargo().args(tests).args(["--features", "stats"]).args(with_stats))?;
    run(cargo().args(["--package", "mem-blocks-random", "--features", "mem-blocks/stats"]))
}

/// The tests of the runtime crate once more, as on a core that has no compare-and-swap.
fn without_compare_and_swap() -> Result<()> {
    let cargo = || {
        let mut cargo = cargo();
        // What is built with other flags does not replace the rest.
        cargo.env("CARGO_TARGET_DIR", toolchain::target_dir().join("by-lock"));
        toolchain::without_compare_and_swap(&mut cargo);
        cargo
    };
    run(cargo().args(["test", "--package", "mem-blocks", "--tests"]))?;
    run(cargo()
        .args(["test", "--package", "mem-blocks-tests"])
        .args(RUNTIME_TESTS.iter().flat_map(|test| ["--test", test])))?;
    run(cargo().args(["test", "--package", "mem-blocks-random"]))?;
    run(in_lock(cargo().arg("test")))
}

/// The tests of the lock.
pub(crate) fn in_lock(cargo: &mut Command) -> &mut Command {
    inside("tests/lock", cargo)
}

/// In a workspace of its own.
fn inside<'c>(workspace: &str, cargo: &'c mut Command) -> &'c mut Command {
    cargo.current_dir(top().join(workspace))
}

/// The texts under `tests/ui` are those of one compiler. The tests of the workspace compare them where it is the one in
/// use.
fn compiler_messages() -> Result<()> {
    let test = fs::read_to_string(top().join("tests/ui.rs")).context("tests/ui.rs")?;
    let wanted = wanted_compiler(&test).context("tests/ui.rs names no compiler")?;
    let found = toolchain::compiler()?;
    if found.starts_with(&format!("rustc {wanted}.")) {
        return Ok(());
    }
    if let Some(mut cargo) = toolchain::rustup_cargo(wanted) {
        cargo.env("CARGO_TARGET_DIR", toolchain::target_dir().join("ui"));
        return run(cargo.args(["test", "--package", "mem-blocks-tests", "--test", "ui"]));
    }
    let message = format!(
        "the expected texts under tests/ui are those of Rust {wanted}; this is {}: NOT COMPARED; `rustup toolchain \
        install {wanted}` helps",
        found.trim()
    );
    if env::var_os("CI").is_some() {
        bail!("{message}");
    }
    println!("{message}");
    Ok(())
}

/// The version in `const COMPILER: &str = "rustc 1.95.";`.
fn wanted_compiler(test: &str) -> Option<&str> {
    test.lines()
        .find_map(|line| line.strip_prefix("const COMPILER: &str = \"rustc ")?.strip_suffix(".\";"))
}

pub(crate) fn lint() -> Result<()> {
    safety::check()?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    for workspace in WORKSPACES {
        run(inside(workspace, cargo().args(["fmt", "--all", "--check"])))?;
    }

    let deny = ["--", "-D", "warnings"];
    run(inside("xtask/plugin", cargo().arg("clippy").args(deny)))?;
    for workspace in ["tests/lock", "bench", "tests/stacks"] {
        run(inside(workspace, cargo().args(["clippy", "--all-targets"]).args(deny)))?;
    }
    run(inside("fuzz", cargo().args(["clippy", "--workspace"]).args(deny)))?;
    loom::lint()?;
    exhaustive::lint()?;
    run(cargo().args(["clippy", "--workspace", "--all-targets"]).args(deny))?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--all-features"]).args(deny))?;
    lint_firmware()
}

/// What is compiled for microcontrollers alone.
fn lint_firmware() -> Result<()> {
    // Nothing is linked here, so all can share what they are made of, if it is compiled alike.
    let folder = toolchain::target_dir().join("firmware/lint");
    let check = |mut clippy: Command| {
        clippy.env("CARGO_TARGET_DIR", &folder).env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        run(clippy.args(["--release", "--locked", "--", "-D", "warnings"]))
    };
    Cross::need_all(BOARDS.iter().map(|board| board.target))?;
    for board in BOARDS.iter().chain([&LOGGING]) {
        let cross = Cross::find(board.target)?;
        let mut clippy = board.cargo(&cross, "clippy")?;
        clippy.args(["--package", board::PACKAGE]).args(board.features);
        check(clippy)?;
    }
    for (board, _) in peers::boards() {
        check(peers::cargo(&Cross::find(board.target)?, "clippy", board)?)?;
    }
    for firmware in &FIRMWARE {
        check(firmware.cargo(&Cross::find(firmware.target)?, "clippy")?)?;
    }
    Ok(())
}

pub(crate) fn doc() -> Result<()> {
    let doc = || {
        let mut cargo = cargo();
        cargo.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--no-deps"]).args(PUBLISHED);
        cargo
    };
    run(&mut doc())?;
    run(doc().arg("--all-features"))?;
    run(doc().args(["--all-features", "--document-private-items"]))
}

pub(crate) fn msrv() -> Result<()> {
    for features in [&[][..], &["--all-features"]] {
        run(toolchain::oldest_cargo()?.arg("check").args(PUBLISHED).args(features))?;
    }
    // What the macros write must be for the oldest compiler too, and mistakes as many errors as elsewhere.
    run(toolchain::oldest_cargo()?.args(["check", "--package", STRICT]))?;
    run(toolchain::oldest_cargo()?.args(["test", "--package", "mem-blocks-tests", "--tests"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_of_the_messages_is_a_version() {
        let test = "const OTHER: &str = \"x\";\nconst COMPILER: &str = \"rustc 1.95.\";\n";
        assert_eq!(wanted_compiler(test), Some("1.95"));
        assert_eq!(wanted_compiler("const COMPILER: &str = \"cc\";"), None);
    }
}
