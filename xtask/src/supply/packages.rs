//! The packages that this repository builds with: under which licence, from where, how many.

use std::{collections::BTreeSet, process::Command};

use anyhow::Result;

use crate::{
    host::WORKSPACES,
    process::{output_of, run},
    tool, toolchain,
};

/// Everything in `deny.toml` but advisories.
pub(super) fn check() -> Result<()> {
    for workspace in workspaces() {
        let mut cargo = deny(workspace)?;
        cargo.args(["check", "licenses", "bans", "sources"]);
        // Not every workspace has every licence, or every version.
        for lint in
            ["license-exception-not-encountered", "license-not-encountered", "unmatched-skip"]
        {
            cargo.args(["--allow", lint]);
        }
        if workspace != TOP {
            // What firmware and other allocators depend on is older in some of them than in others. What mem-blocks
            // itself depends on is in the top workspace.
            cargo.args(["--allow", "duplicate"]);
        }
        run(&mut cargo)?;
    }
    Ok(())
}

const TOP: &str = ".";

pub(super) fn workspaces() -> impl Iterator<Item = &'static str> {
    [TOP].into_iter().chain(WORKSPACES)
}

/// `cargo deny` for a workspace; its subcommand is still to come.
pub(super) fn deny(workspace: &str) -> Result<Command> {
    let mut cargo = tool::DENY.cargo()?;
    cargo.args(["deny", "--config", "deny.toml", "--locked", "--workspace", "--manifest-path"]);
    cargo.arg(format!("{workspace}/Cargo.toml"));
    Ok(cargo)
}

/// How many packages cargo compiles for a firmware that depends on `mem-blocks` alone, `mem-blocks` included.
pub(super) fn compiled() -> Result<u64> {
    let mut cargo = toolchain::cargo();
    cargo.args(["tree", "--locked", "--package", "mem-blocks", "--target", "thumbv7m-none-eabi"]);
    cargo.args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    Ok(distinct(&output_of(&mut cargo)?).try_into()?)
}

/// The packages in a tree without its branches, where one that has been there before has a mark.
fn distinct(tree: &str) -> usize {
    let packages: BTreeSet<_> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    packages.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_once() {
        assert_eq!(distinct("a v1.0.0\nb v1.0.0 (proc-macro)\na v1.0.0 (*)\na v2.0.0\n\n"), 3);
    }
}
