//! Runs every program in `examples/` and compares its output with `examples/expected/NAME.txt`.

use std::{env::consts::EXE_SUFFIX, fs, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{process, snapshot, toolchain, top};

const PACKAGE: &str = "mem-blocks-examples";

pub(crate) fn check(mode: snapshot::Mode) -> Result<()> {
    let folder = top().join("examples");
    let names = programs(&folder.join("src/bin"))?;
    process::run(toolchain::cargo().args(["build", "--quiet", "--package", PACKAGE, "--bins"]))?;
    for name in &names {
        let program = toolchain::target_dir().join("debug").join(format!("{name}{EXE_SUFFIX}"));
        let ended =
            process::run_limited(&mut Command::new(program), Duration::from_secs(60), 1 << 16)?;
        if !ended.success {
            bail!("example {name} ended with {}:\n{}{}", ended.status, ended.stdout, ended.stderr);
        }
        snapshot::compare(
            &folder.join("expected").join(format!("{name}.txt")),
            &ended.stdout,
            mode,
        )
        .with_context(|| format!("example {name}"))?;
        println!("example {name}: ok");
    }
    no_stray_files(&folder.join("expected"), &names)
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
