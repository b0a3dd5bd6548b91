//! The versions that the manifests ask for are enough: the published crates, with the oldest of everything that they
//! name.

use anyhow::Result;

use crate::{
    copy,
    host::{PUBLISHED, RUNTIME_TESTS},
    process::run,
    toolchain,
};

pub(super) fn check() -> Result<()> {
    let folder = copy::make("minimal")?;
    // Fails, too, where a version is named that another package does not put up with: nobody could ever have it.
    let mut update = toolchain::nightly_cargo()?;
    run(update.current_dir(&folder).args(["update", "--quiet", "-Zdirect-minimal-versions"]))?;

    let cargo = |subcommand| {
        let mut cargo = toolchain::cargo();
        cargo.current_dir(&folder).env("CARGO_TARGET_DIR", toolchain::target_dir().join("minimal"));
        cargo.args([subcommand, "--locked"]);
        cargo
    };
    run(cargo("check").args(PUBLISHED))?;
    run(cargo("check").args(PUBLISHED).arg("--all-features"))?;
    run(cargo("test").args(PUBLISHED).arg("--all-features"))?;
    run(cargo("test")
        .args(["--package", "mem-blocks-tests"])
        .args(RUNTIME_TESTS.iter().flat_map(|test| ["--test", test])))
}
