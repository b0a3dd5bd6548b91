//! The tests on the host under Miri, which executes them by the rules of Rust: which pointer may reach which memory, what
//! is initialised, and what threads may see of each other where the hardware here shows less.

use anyhow::{Result, bail};

use crate::{
    process::{self, run},
    toolchain::{nightly_cargo, target_dir},
};

/// Without files, processes, protected pages, and without threads that need a million rounds.
const TESTS: [&str; 2] = ["bodies", "host"];

pub(crate) fn check() -> Result<()> {
    let mut cargo = nightly_cargo()?;
    if !process::capture(cargo.args(["miri", "--version"]))?.status.success() {
        bail!("no Miri; `rustup +nightly component add miri rust-src` helps");
    }
    let miri = || {
        let mut cargo = nightly_cargo()?;
        cargo.env("CARGO_TARGET_DIR", target_dir().join("miri"));
        // An address that a driver brings has been a number before.
        cargo.env("MIRIFLAGS", "-Zmiri-permissive-provenance -Zmiri-many-seeds=0..4");
        cargo.args(["miri", "test"]);
        Ok::<_, anyhow::Error>(cargo)
    };
    run(miri()?.args(["--package", "mem-blocks", "--lib"]))?;
    run(miri()?
        .args(["--package", "mem-blocks-tests"])
        .args(TESTS.iter().flat_map(|test| ["--test", test])))
}
