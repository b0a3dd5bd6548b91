//! What is published: each crate builds from its package alone, with versions that nobody has withdrawn.

use anyhow::{Result, bail};

use crate::{host::PUBLISHED, process::capture, toolchain};

pub(super) fn check() -> Result<()> {
    let mut cargo = toolchain::cargo();
    cargo.args(["package", "--allow-dirty", "--color", "never"]).args(PUBLISHED);
    let ended = capture(&mut cargo)?;
    println!("{}", ended.stderr.trim_end());
    if !ended.status.success() {
        bail!("the published crates cannot be packaged: {}", ended.status);
    }
    // To cargo it is no more than a warning.
    let yanked: Vec<_> = ended.stderr.lines().filter(|line| line.contains("yanked")).collect();
    if !yanked.is_empty() {
        bail!("a version was withdrawn:\n  {}", yanked.join("\n  "));
    }
    Ok(())
}
