//! The program of `tests/exhaustive`: every state of tiny pools, times every operation with every argument.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    expected::Mode,
    process::{output_of, run, run_limited},
    toolchain::{add_flags, cargo, rustc, target_dir, without_compare_and_swap},
    top, trust,
};

/// How many blocks share a word where nothing else is said.
const WHOLE: u32 = 32;

/// How many blocks share a word: few, so that a tiny pool has several; and as many as ever.
const WORDS: [u32; 5] = [1, 2, 3, 4, WHOLE];

/// Each takes seconds; but the machine may have more to do.
const TIME: Duration = Duration::from_secs(1800);

/// More than a line, or a panic's message.
const BYTES: u64 = 1 << 20;

/// How a word changes.
#[derive(Clone, Copy, Debug)]
enum By {
    CompareAndSwap,
    Lock,
}

impl By {
    const fn name(self) -> &'static str {
        match self {
            By::CompareAndSwap => "compare-and-swap",
            By::Lock => "lock",
        }
    }
}

/// What the crate is built for.
#[derive(Clone, Copy, Debug)]
struct Variant {
    word: u32,
    by: By,
}

pub(crate) fn check(mode: Mode) -> Result<()> {
    let host = host()?;
    let programs: Vec<_> =
        variants().map(|variant| Ok((variant, variant.build(&host)?))).collect::<Result<_>>()?;
    // All at once: each has one thread.
    let cases: Vec<u64> = thread::scope(|scope| {
        let started: Vec<_> = programs
            .iter()
            .map(|(variant, program)| scope.spawn(move || variant.run(program)))
            .collect();
        started
            .into_iter()
            .map(|run| run.join().expect("running does not panic"))
            .collect::<Result<_>>()
    })?;
    trust::figure(mode, "exhaustive-cases", cases.iter().sum())
}

pub(crate) fn lint() -> Result<()> {
    let host = host()?;
    // Whole words and small ones.
    for word in [WHOLE, 2] {
        let mut clippy = Variant { word, by: By::CompareAndSwap }.cargo("clippy", &host);
        run(clippy.args(["--all-targets", "--", "-D", "warnings"]))?;
    }
    Ok(())
}

fn variants() -> impl Iterator<Item = Variant> {
    let both = |word| [By::CompareAndSwap, By::Lock].map(|by| Variant { word, by });
    WORDS.into_iter().flat_map(both)
}

fn host() -> Result<String> {
    let host = output_of(rustc().args(["--print", "host-tuple"]))?;
    Ok(host.trim().to_owned())
}

impl Variant {
    fn cargo(self, subcommand: &str, host: &str) -> Command {
        let mut cargo = cargo();
        cargo
            .current_dir(top().join("tests/exhaustive"))
            .env("CARGO_TARGET_DIR", folder())
            // With a target, what the compiler is told is not for the macros, which are built once for all variants.
            .args([subcommand, "--locked", "--release", "--target", host]);
        if self.word != WHOLE {
            add_flags(&mut cargo, &[&format!("--cfg=mem_blocks_word_bits=\"{}\"", self.word)]);
        }
        if matches!(self.by, By::Lock) {
            without_compare_and_swap(&mut cargo);
        }
        cargo
    }

    /// The program, where that of the next variant does not replace it.
    fn build(self, host: &str) -> Result<PathBuf> {
        run(&mut self.cargo("build", host))?;
        let name = format!("mem-blocks-exhaustive{}", env::consts::EXE_SUFFIX);
        let built = folder().join(host).join("release").join(&name);
        let own = folder().join(format!("{}-{}-{name}", self.word, self.by.name()));
        fs::copy(&built, &own).with_context(|| format!("cannot copy {}", built.display()))?;
        Ok(own)
    }

    /// The number of cases.
    fn run(self, program: &Path) -> Result<u64> {
        let Variant { word, by } = self;
        let by = by.name();
        let mut command = Command::new(program);
        // It checks that it was built so.
        command.args([&word.to_string(), by]);
        let ended = run_limited(&mut command, TIME, BYTES)?;
        let what = format!("{word} blocks in a word, which changes by {by}");
        if !ended.status.success() {
            bail!("{what}: {}\n{}", ended.status, ended.stderr);
        }
        let cases = cases(&ended.stdout).with_context(|| format!("{what}: no number of cases"))?;
        println!("{what}: {cases} cases");
        Ok(cases)
    }
}

fn folder() -> PathBuf {
    target_dir().join("exhaustive")
}

/// The number in the line `cases: 12`; there is one such line, and nothing else.
fn cases(output: &str) -> Option<u64> {
    output.trim_end().strip_prefix("cases: ")?.parse().ok().filter(|&cases| cases != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_counted_by_the_only_line() {
        assert_eq!(cases("cases: 12\n"), Some(12));
        assert_eq!(cases("cases: 0\n"), None);
        assert_eq!(cases("cases: 12\ncases: 13\n"), None);
        assert_eq!(cases(""), None);
    }
}
