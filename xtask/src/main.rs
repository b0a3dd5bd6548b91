//! The checks of this repository, one command each: `cargo xtask COMMAND`. `CONTRIBUTING.md` has the overview.
//!
//! A check whose tool is missing installs the tool, or says what to install and fails. None passes unseen.

mod bench;
mod benchmark;
mod board;
mod build_time;
mod ci;
mod claims;
mod condition;
mod copy;
mod cost;
mod examples;
mod exhaustive;
mod expected;
mod faults;
mod features;
mod figures;
mod firmware;
mod fuzz;
mod host;
mod image;
mod isa;
mod library;
mod lock_file;
mod log;
mod loom;
mod miri;
mod mutants;
mod peers;
mod process;
mod random;
mod readme;
mod safety;
mod sanitize;
mod snapshot;
mod sound;
mod supply;
mod targets;
mod tool;
mod toolchain;
mod trace;
mod trust;

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context, Result, bail};

use expected::Mode;
use mutants::Mutants;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test               every test: host, messages, lock, models, examples, firmware
  loom [--write]     the models alone: pools shared by threads, in every order of the threads'
                     steps up to some preemptions
  sanitize           tests on the host under ThreadSanitizer, AddressSanitizer and valgrind
  miri               tests on the host under Miri, where it is installed
  mutants [--living] [--write]
                     the published crates with one thing changed at a time: a test must fail, or tests/mutants.md says why
                     none does; takes two hours; --living makes those again that no test has killed before
  exhaustive [--write]
                     every state of tiny pools times every operation with every argument, compared with a plain model;
                     the number of cases compared with README.md
  firmware [--write] firmware alone: build, check the ELF files, run under QEMU, compare the output
  examples [--write] every program in examples/, its output compared
  faults [--write]   every misuse in docs/faults.md: the tests that show what comes of it, and their number in README.md
  sound [--write]    every attempt in docs/soundness.md to break an invariant from safe code, and the reason of each
                     unsafe block; their numbers in README.md
  lint               formatting, clippy with warnings as errors, and the reason of each unsafe block
  doc                documentation of the published crates, warnings as errors
  msrv               the published crates, and definitions right and wrong, with the oldest supported compiler
  supply [--write]   what mem-blocks is built from: licences, advisories, oldest versions, sets of features; the listings of
                     the interface, and what has changed since the last release
  targets            a crate of definitions, built for microcontrollers and for every kind of host: sections where
                     they should be and nowhere else
  cost [--write]     cost in instructions, interrupts off, stack, flash and RAM on every kind of core, compared with
                     the tables in README.md
  peers [--write]    the same of mem-blocks and of its peers, with the same calls in one run, compared with the
                     tables in README.md
  fuzz [--seconds N] inputs that nobody has thought of, for the runtime and for the macros: the seeds, then N seconds of
                     others each (45 unless said); then what the macros were called with is compiled
  readme             what README.md quotes from other files, and that its project with a section links
  random [--seed HEX | --seed random] [--operations N] [--write]
                     random sequences of operations on pools, handles and groups against a model, ten million of them
  build-time [--quick | --write]
                     what definitions and crates cost at compile time, beside others; --quick is one round
  bench [--quick | --write]
                     how fast operations are on the host, beside other allocators, in one run; --quick is one round
  ci                 all of the above but miri and mutants, two at a time; build-time and bench in one round
  soak [PART]        what takes hours: `random`, a thousand million operations of a new seed; `fuzz`, half an hour of
                     each target; `mutants`

--write, the last word, puts what was found in place of what was expected.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let start = Instant::now();
    match dispatch(&arguments) {
        Ok(()) => {
            println!("xtask: {} passed in {} s", arguments.join(" "), start.elapsed().as_secs());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("xtask: {} FAILED: {error:#}", arguments.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[&str]) -> Result<()> {
    let (command, mode) = match arguments {
        [command @ .., "--write"] => (command, Mode::Write),
        command => (command, Mode::Compare),
    };
    match (command, mode) {
        (["loom"], _) => loom::check(mode),
        (["mutants"], _) => mutants::check(Mutants::All, mode),
        (["mutants", "--living"], _) => mutants::check(Mutants::Living, mode),
        (["exhaustive"], _) => exhaustive::check(mode),
        (["firmware"], _) => firmware::check(mode),
        (["examples"], _) => examples::check(mode),
        (["faults"], _) => faults::check(mode),
        (["sound"], _) => sound::check(mode),
        (["supply"], _) => supply::check(mode),
        (["cost"], _) => cost::check(mode),
        (["peers"], _) => peers::check(mode),
        (["random", options @ ..], _) => random::run(options, mode),
        (["build-time"], Mode::Write) => build_time::run(benchmark::Mode::Write),
        (["bench"], Mode::Write) => bench::run(benchmark::Mode::Write),
        (_, Mode::Write) => bail!("no such command, or it writes nothing\n\n{USAGE}"),
        (["test"], _) => test(),
        (["sanitize"], _) => sanitize::check(),
        (["miri"], _) => miri::check(),
        (["lint"], _) => host::lint(),
        (["doc"], _) => host::doc(),
        (["msrv"], _) => host::msrv(),
        (["targets"], _) => targets::check(),
        (["fuzz"], _) => fuzz::check(fuzz::SECONDS),
        (["fuzz", "--seconds", seconds], _) => fuzz::check(seconds.parse().context("no number")?),
        (["readme"], _) => readme(),
        (["build-time"], _) => build_time::run(benchmark::Mode::Print),
        (["build-time", "--quick"], _) => build_time::run(benchmark::Mode::Quick),
        (["bench"], _) => bench::run(benchmark::Mode::Print),
        (["bench", "--quick"], _) => bench::run(benchmark::Mode::Quick),
        (["ci"], _) => ci::run(),
        (["soak"], _) => SOAK.into_iter().try_for_each(soak),
        (["soak", part], _) => soak(part),
        _ => bail!("no such command\n\n{USAGE}"),
    }
}

fn test() -> Result<()> {
    host::test()?;
    loom::check(Mode::Compare)?;
    examples::check(Mode::Compare)?;
    firmware::check(Mode::Compare)
}

fn readme() -> Result<()> {
    readme::check_fragments()?;
    readme::check_project()
}

/// The parts of `soak`.
const SOAK: [&str; 3] = ["random", "fuzz", "mutants"];

/// What takes hours: looks for what nobody has found, where `ci` looks whether all is as it was.
fn soak(part: &str) -> Result<()> {
    const OPERATIONS: &str = "1000000000";
    const SECONDS: u64 = 1800;

    match part {
        "random" => random::run(&["--seed", "random", "--operations", OPERATIONS], Mode::Compare),
        "fuzz" => fuzz::check(SECONDS),
        "mutants" => mutants::check(Mutants::All, Mode::Compare),
        _ => bail!("`{part}` is no part of `soak`: {}", SOAK.join(", ")),
    }
}

/// The top folder of the repository.
fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_owned()
}
