//! What the allocator costs at compile time: a definition, the crates themselves, and a firmware with a pool, beside
//! what others take in the same run. And the tables of it in `README.md`.
//!
//! A benchmark: a time is never compared with one of another run.

mod crates;
mod firmware;

use std::{
    env,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    benchmark::{self, Mode, median},
    process, toolchain,
};
use crates::{Dependent, MACROS, PEERS, POOLS, WAYS, Way, Workspace};
use firmware::{Builds, FIRMWARE};

const NAME: &str = "cargo xtask build-time";

/// How many definitions are timed together: one alone takes less than the times scatter.
const DEFINITIONS: u32 = 100;

/// How often everything is timed, each round once.
///
/// Whatever else the machine does adds to a time. A definition's times are short: of many rounds some fall in quiet
/// moments, and the least counts. Those of crates and of firmware are seconds long, and a quiet moment that long is a
/// matter of luck, which would go to one row and not to another: so each is compared with the first one of its own
/// round, made under much the same load, and the median counts.
#[derive(Debug)]
struct Rounds {
    definitions: usize,
    crates: usize,
    firmware: usize,
}

const QUICK: Rounds = Rounds { definitions: 1, crates: 1, firmware: 1 };
const FULL: Rounds = Rounds { definitions: 30, crates: 7, firmware: 5 };

/// What the two commands take for one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    check: Duration,
    build: Duration,
}

impl Times {
    const NONE: Self = Times { check: Duration::MAX, build: Duration::MAX };

    /// Of each command the lesser time.
    fn least(self, other: Self) -> Self {
        Times { check: self.check.min(other.check), build: self.build.min(other.build) }
    }

    /// One definition's part, where `self` is with [`DEFINITIONS`] and `without` with none.
    fn of_a_definition(self, without: Self) -> Self {
        let part = |with: Duration, without| with.saturating_sub(without) / DEFINITIONS;
        Times { check: part(self.check, without.check), build: part(self.build, without.build) }
    }
}

pub(crate) fn run(mode: Mode) -> Result<()> {
    let rounds = if mode == Mode::Quick { QUICK } else { FULL };
    let workspace = Workspace::write()?;
    let builds = Builds::set_up(&workspace)?;
    let new = [
        definitions(&workspace, rounds.definitions)?,
        crates(&workspace, "crates of macros", MACROS, rounds.crates)?,
        crates(&workspace, "crates with pools", POOLS, rounds.crates)?,
        firmware(&builds, rounds.firmware)?,
        notes(&rounds, &builds.compiler()?)?,
    ]
    .join("\n");
    if mode == Mode::Write {
        workspace.keep_lock()?;
    }
    benchmark::finish(mode, NAME, &new)
}

/// The table of what a definition takes.
fn definitions(workspace: &Workspace, rounds: usize) -> Result<String> {
    // Builds all that the definitions depend on.
    let _ = compile(&mut workspace.definitions("check"))?;
    let _ = compile(&mut workspace.definitions("build"))?;

    let mut best = vec![(Times::NONE, Times::NONE); WAYS.len()];
    for round in 1..=rounds {
        println!("definitions: round {round} of {rounds}");
        for (way, (without, with)) in WAYS.iter().zip(&mut best) {
            *without = without.least(times(workspace, way, 0)?);
            *with = with.least(times(workspace, way, DEFINITIONS)?);
        }
    }
    let best: Vec<_> =
        best.into_iter().map(|(without, with)| with.of_a_definition(without)).collect();
    let first = best.first().context("there are ways to define")?;
    let rows = WAYS.iter().zip(&best).map(|(way, times)| {
        format!(
            "| {} | {} | {} | {} | {} |\n",
            way.what,
            milliseconds(times.check),
            ratio(times.check, first.check),
            milliseconds(times.build),
            ratio(times.build, first.build),
        )
    });
    Ok(format!(
        "| milliseconds a definition | `cargo check` | ratio | `cargo build` | ratio |\n|---|--:|--:|--:|--:|\n{}",
        rows.collect::<String>()
    ))
}

/// Times both commands on a source that is new to them.
fn times(workspace: &Workspace, way: &Way, definitions: u32) -> Result<Times> {
    workspace.define(way, definitions)?;
    let time = |command| {
        let compiled = compile(&mut workspace.definitions(command))?;
        match compiled.crates {
            1 => Ok(compiled.time),
            other => bail!("`cargo {command}` compiled {other} crates, not just the changed one"),
        }
    };
    Ok(Times { check: time("check")?, build: time("build")? })
}

/// A table of what crates take, each with all that it depends on, where nothing has been built before.
fn crates(
    workspace: &Workspace,
    what: &str,
    dependents: &[Dependent],
    rounds: usize,
) -> Result<String> {
    let build = |dependent: &Dependent| {
        let build = || compile(workspace.cargo("build").args(["--package", dependent.package]));
        workspace.clear()?;
        let mut compiled = build()?;
        if let Some(only) = dependent.only {
            process::output_of(workspace.cargo("clean").args(["--package", only]))?;
            compiled = build()?;
        }
        // Less the package that depends on them.
        compiled.crates -= 1;
        Ok(compiled)
    };
    let head = format!("{what}, the first `cargo build`");
    first_builds(&head, dependents, |dependent| dependent.what, rounds, build)
}

/// The table of what firmware takes, where nothing but `core` has been built before.
fn firmware(builds: &Builds<'_>, rounds: usize) -> Result<String> {
    let head = "a firmware, the first `cargo build --release`";
    first_builds(
        head,
        FIRMWARE,
        |firmware| firmware.what,
        rounds,
        |firmware| {
            builds.clear()?;
            compile(&mut builds.build(firmware)?)
        },
    )
}

/// A table of what each row's build takes.
fn first_builds<R>(
    head: &str,
    rows: &[R],
    what: impl Fn(&R) -> &'static str,
    rounds: usize,
    build: impl Fn(&R) -> Result<Compiled>,
) -> Result<String> {
    let mut crates = vec![0; rows.len()];
    let mut seconds = vec![Vec::new(); rows.len()];
    for round in 1..=rounds {
        println!("{head}: round {round} of {rounds}");
        for ((row, crates), seconds) in rows.iter().zip(&mut crates).zip(&mut seconds) {
            let compiled = build(row)?;
            *crates = compiled.crates;
            seconds.push(compiled.time.as_secs_f64());
        }
    }
    let first = seconds.first().context("there is something to build")?;
    let lines = rows.iter().zip(crates).zip(&seconds).map(|((row, crates), seconds)| {
        let ratios = seconds.iter().zip(first).map(|(seconds, first)| seconds / first).collect();
        let (seconds, ratio) = (median(seconds.clone()), median(ratios));
        format!("| {} | {crates} | {seconds:.2} | {ratio:.2} |\n", what(row))
    });
    Ok(format!(
        "| {head} | crates | seconds | ratio |\n|---|--:|--:|--:|\n{}",
        lines.collect::<String>()
    ))
}

/// How the figures were measured.
fn notes(rounds: &Rounds, cross_compiler: &str) -> Result<String> {
    let peers = PEERS.iter().map(|(name, version, _)| format!("{name} {version}"));
    let compiler = toolchain::compiler_version()?;
    Ok(format!(
        "Ratios are to the first row. A definition: a hundredth of the time of {DEFINITIONS}, less the same source \
        without them;\nnot incremental; the least of {} rounds. Crates: seconds are the median of {} rounds, and a \
        ratio is the median of\nthose that each round has by itself, which is not that of the two medians. Firmware: \
        of {} rounds in the same way; for a\nCortex-M3, `opt-level = \"s\"`, fat LTO; its own crate counts, and \
        `core`, which is there before, does not.\n\n\
        {}.\nrustc {compiler} on {} {}, {} cores; firmware by rustc {cross_compiler}.\n",
        rounds.definitions,
        rounds.crates,
        rounds.firmware,
        peers.collect::<Vec<_>>().join(", "),
        env::consts::ARCH,
        env::consts::OS,
        thread::available_parallelism()?,
    ))
}

/// What a run of cargo compiled, and how long it took.
#[derive(Debug)]
struct Compiled {
    crates: usize,
    time: Duration,
}

fn compile(cargo: &mut Command) -> Result<Compiled> {
    cargo.args(["--offline", "--color", "never"]);
    let start = Instant::now();
    let ended = process::capture(cargo)?;
    let time = start.elapsed();
    if !ended.status.success() {
        bail!("what is to be timed does not compile:\n{}", ended.stderr);
    }
    match crates_compiled(&ended.stderr) {
        0 => {
            bail!("cargo names no crate that it compiled; what it says instead:\n{}", ended.stderr)
        }
        crates => Ok(Compiled { crates, time }),
    }
}

/// Counts the crates in what cargo prints.
fn crates_compiled(output: &str) -> usize {
    let is_crate = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("Compiling ") || line.starts_with("Checking ")
    };
    output.lines().filter(is_crate).count()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

/// How many times `first` a time is; one round may be too noisy to say.
fn ratio(time: Duration, first: Duration) -> String {
    if first.is_zero() {
        return "?".to_owned();
    }
    format!("{:.2}", time.as_secs_f64() / first.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn times(check: u64, build: u64) -> Times {
        Times { check: Duration::from_millis(check), build: Duration::from_millis(build) }
    }

    #[test]
    fn the_least_time_counts_for_each_command() {
        let least =
            [times(5, 6), times(4, 9), times(7, 8)].into_iter().fold(Times::NONE, Times::least);
        assert_eq!(least, times(4, 6));
    }

    #[test]
    fn a_definition_takes_a_hundredth_of_what_they_add() {
        assert_eq!(times(300, 450).of_a_definition(times(100, 50)), times(2, 4));
        assert_eq!(times(90, 450).of_a_definition(times(100, 50)), times(0, 4));
    }

    #[test]
    fn figures_have_two_decimals() {
        assert_eq!(milliseconds(Duration::from_micros(1234)), "1.23");
        assert_eq!(milliseconds(Duration::ZERO), "0.00");
        assert_eq!(ratio(Duration::from_secs(3), Duration::from_secs(2)), "1.50");
        assert_eq!(ratio(Duration::from_secs(3), Duration::ZERO), "?");
    }

    #[test]
    fn crates_are_counted_by_cargos_own_lines() {
        let output = "   Compiling a v1.0.0\n    Checking b v0.0.0 (path)\nwarning: Compiling\n    Finished `dev`\n";
        assert_eq!(crates_compiled(output), 2);
    }
}
