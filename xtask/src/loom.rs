//! The models of `tests/loom`: what threads do at the same time, in every order of their steps.

use std::process::Command;

use anyhow::Result;

use crate::{
    expected::Mode,
    process::{output_of, run},
    toolchain::{add_flags, cargo, target_dir},
    top, trust,
};

/// How a word of a bitmap changes, where its builds go, what the compiler is told, and cargo.
const VARIANTS: [(&str, &str, &[&str], &[&str]); 3] = [
    ("by compare-and-swap", "loom", &["--cfg=loom"], &[]),
    ("under the lock", "loom-lock", &["--cfg=loom", "--cfg=mem_blocks_no_compare_and_swap"], &[]),
    ("together with statistics", "loom-stats", &["--cfg=loom"], &["--features=stats"]),
];

pub(crate) fn check(mode: Mode) -> Result<()> {
    let (mut models, mut executions) = (0, 0);
    for (how, folder, flags, features) in VARIANTS {
        println!("models of pools whose words change {how}");
        let mut test = in_models("test", folder, flags);
        test.args(features);
        // Without this, what they print is only seen of those that fail.
        let printed = output_of(test.args(["--release", "--", "--nocapture", "--test-threads=2"]))?;
        println!("{printed}");
        for number in printed.lines().filter_map(executions_of) {
            models += 1;
            executions += number;
        }
    }
    trust::figure(mode, "models", models)?;
    trust::figure(mode, "executions", executions)
}

/// The number in `MODEL: NUMBER runs`, which may follow what the test harness has printed.
fn executions_of(line: &str) -> Option<u64> {
    line.strip_suffix(" runs")?.rsplit(' ').next()?.parse().ok()
}

pub(crate) fn lint() -> Result<()> {
    for (_, folder, flags, features) in VARIANTS {
        let mut clippy = in_models("clippy", folder, flags);
        run(clippy.args(features).args(["--all-targets", "--", "-D", "warnings"]))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_says_how_often_it_ran() {
        assert_eq!(executions_of("test a ... several_or_one: 123 runs"), Some(123));
        assert_eq!(executions_of("several_or_one: 123 runs"), Some(123));
        assert_eq!(executions_of("test several_or_one ... ok"), None);
    }
}
