//! The features of the published crates: none, each, and every two of them build by themselves. (All of them do in other checks.)

use std::process::Command;

use anyhow::{Result, bail};

use crate::{copy, host::PUBLISHED, process, tool, toolchain};

/// With and without the core's compare-and-swap, without a warning, and without what only the tests depend on.
pub(crate) fn check() -> Result<()> {
    process::run(powerset("features")?.args(["--", "-D", "warnings"]))?;
    let mut by_lock = powerset("features-by-lock")?;
    toolchain::without_compare_and_swap(&mut by_lock);
    process::run(by_lock.args(["--", "-D", "warnings"]))
}

/// How many sets of features `mem-blocks` has.
pub(crate) fn count() -> Result<u64> {
    let commands = process::output_of(powerset("features")?.arg("--print-command-list"))?;
    match commands.lines().filter(|line| line.contains("mem-blocks/Cargo.toml")).count() {
        0 => bail!("no set of features among the commands:\n{commands}"),
        count => Ok(count.try_into()?),
    }
}

/// What was built with other flags is kept under another name.
fn powerset(name: &str) -> Result<Command> {
    let mut cargo = tool::HACK.cargo()?;
    // `--no-dev-deps` takes them out of the manifests as long as it runs.
    cargo.current_dir(copy::make("features")?);
    cargo.env("CARGO_TARGET_DIR", toolchain::target_dir().join(name));
    cargo
        .args(["hack", "clippy", "--feature-powerset", "--depth", "2", "--no-dev-deps"])
        .args(PUBLISHED);
    Ok(cargo)
}
