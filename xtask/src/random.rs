//! Random sequences of operations against a model: `tests/random`, with optimisation and with all assertions.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};

use crate::{expected::Mode, toolchain::cargo, trust};

/// Made up once: a check that is another one each time can fail where nothing has changed. Others are for who looks for
/// what nobody has found.
const SEED: u64 = 0x5eed_0b10;

const OPERATIONS: u64 = 10_000_000;

/// What the command is told.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    seed: u64,
    operations: u64,
}

pub(crate) fn run(arguments: &[&str], mode: Mode) -> Result<()> {
    let Options { seed, operations } = parse(arguments)?;
    let found = check(operations, seed)?;
    if (seed, operations) == (SEED, OPERATIONS) {
        // The same in every run.
        return trust::figure(mode, "random-operations", found);
    }
    if mode == Mode::Write {
        bail!("README.md has the number of the seed and of the operations that are the default");
    }
    Ok(())
}

fn parse(arguments: &[&str]) -> Result<Options> {
    let mut options = Options { seed: SEED, operations: OPERATIONS };
    let mut words = arguments.iter();
    while let Some(&word) = words.next() {
        let mut value = || words.next().with_context(|| format!("`{word}` wants a value"));
        match word {
            "--seed" => {
                options.seed = match *value()? {
                    "random" => by_time()?,
                    seed => u64::from_str_radix(seed, 16)
                        .with_context(|| format!("`{seed}` is neither hexadecimal nor `random`"))?,
                }
            }
            "--operations" => {
                let operations = value()?;
                options.operations =
                    operations.parse().with_context(|| format!("`{operations}` is no number"))?;
            }
            _ => bail!("no such option: `{word}`"),
        }
    }
    Ok(options)
}

/// A seed that nobody has had before.
fn by_time() -> Result<u64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(u64::try_from(now.as_nanos() & u128::from(u64::MAX))?)
}

/// Performs at least so many operations; says how many. The program prints the seed first, and what failed last.
fn check(operations: u64, seed: u64) -> Result<u64> {
    let mut program = cargo();
    program
        .args(["run", "--quiet", "--profile", "checked", "--package", "mem-blocks-random", "--"])
        .args([format!("{seed:x}"), operations.to_string()])
        .stdout(Stdio::piped());
    let again = format!("cargo xtask random --seed {seed:x} --operations {operations}");
    println!("$ {again}");
    let mut child = program.spawn().context("cannot start cargo")?;
    let output = child.stdout.take().context("stdout is piped")?;
    let mut done = None;
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        done = line.strip_prefix("operations: ").map(str::to_owned).or(done);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{again}` ended with {status}");
    }
    let done: u64 = done.context("the program has not said how many operations it did")?.parse()?;
    if done < operations {
        bail!("{done} operations were done, and not {operations}");
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_options_seed_and_number_are_the_same_each_time() {
        let options = Options { seed: SEED, operations: OPERATIONS };
        assert_eq!(parse(&[]).unwrap(), options);
    }

    #[test]
    fn options_are_a_seed_in_hexadecimal_and_a_number() {
        let options = Options { seed: 0xfe, operations: 12 };
        assert_eq!(parse(&["--operations", "12", "--seed", "fe"]).unwrap(), options);
    }

    #[test]
    fn a_random_seed_is_not_the_usual_one() {
        assert_ne!(parse(&["--seed", "random"]).unwrap().seed, SEED);
    }

    #[test]
    fn other_words_are_refused() {
        for words in [&["--seed"][..], &["--seed", "x"], &["--operations", "-1"], &["seed"]] {
            assert!(parse(words).is_err());
        }
    }
}
