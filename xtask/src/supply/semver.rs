//! What has changed since the last release asks for no more than the version says.

use std::{env, process::Command};

use anyhow::{Result, bail};

use crate::{
    process::{capture, output_of, run},
    tool, top,
};

/// Compares the runtime crate with that of the last release. Of the macros, nothing but their names can be compared.
pub(super) fn check() -> Result<()> {
    if !capture(git().args(["rev-parse", "--git-dir"]))?.status.success() {
        println!("semver: NOT COMPARED, because this is no git repository");
        return Ok(());
    }
    // `v1.0.0-rc.1` comes before `v1.0.0`.
    let mut list = git();
    list.args(["-c", "versionsort.suffix=-", "tag", "--list", "v*", "--merged", "HEAD"]);
    let tags = output_of(list.arg("--sort=-version:refname"))?;
    if let Some(last) = tags.lines().next() {
        let mut cargo = tool::SEMVER_CHECKS.cargo()?;
        cargo.args(["semver-checks", "--package", "mem-blocks", "--baseline-rev", last]);
        return run(&mut cargo);
    }
    if output_of(git().args(["rev-parse", "--is-shallow-repository"]))?.trim() == "true" {
        let message = "semver: NOT COMPARED, because this clone is shallow, so that a release may be out of sight; \
            `git fetch --unshallow --tags` helps";
        if env::var_os("CI").is_some() {
            bail!("{message}");
        }
        println!("{message}");
        return Ok(());
    }
    println!("semver: no release yet, so nothing to compare with");
    Ok(())
}

fn git() -> Command {
    let mut git = Command::new("git");
    git.current_dir(top());
    git
}
