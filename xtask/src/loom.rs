//! The models of `tests/loom`: what threads do at the same time, in every order of their steps.

use std::process::Command;

use anyhow::Result;

use crate::{
    process::run,
    toolchain::{add_flags, cargo, target_dir},
    top,
};

/// How a word of a bitmap changes, where its builds go, and what the compiler is told.
const VARIANTS: [(&str, &str, &[&str]); 2] = [
    ("by compare-and-swap", "loom", &["--cfg=loom"]),
    ("under the lock", "loom-lock", &["--cfg=loom", "--cfg=mem_blocks_no_compare_and_swap"]),
];

pub(crate) fn check() -> Result<()> {
    for (how, folder, flags) in VARIANTS {
        println!("models of pools whose words change {how}");
        // What they print is how often each ran.
        run(in_models("test", folder, flags).args(["--release", "--", "--nocapture"]))?;
    }
    Ok(())
}

pub(crate) fn lint() -> Result<()> {
    for (_, folder, flags) in VARIANTS {
        let mut clippy = in_models("clippy", folder, flags);
        run(clippy.args(["--all-targets", "--", "-D", "warnings"]))?;
    }
    Ok(())
}

fn in_models(subcommand: &str, folder: &str, flags: &[&str]) -> Command {
    let mut cargo = cargo();
    cargo
        .current_dir(top().join("tests/loom"))
        .env("CARGO_TARGET_DIR", target_dir().join(folder))
        .args([subcommand, "--locked"]);
    add_flags(&mut cargo, flags);
    cargo
}
