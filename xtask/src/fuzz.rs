//! The fuzz targets of `fuzz/`: built, run over their seeds, then run for some time; and what the macros were called with
//! compiled.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    process::{self, Ended, run, run_limited},
    tool,
    toolchain::{cargo, rustc, target_dir},
    top,
};

/// How long each target runs, unless said otherwise.
pub(crate) const SECONDS: u64 = 45;

/// With the sanitizer of each: in the macros there is no unsafe code, and without one they run many times as often.
const TARGETS: [(&str, &str); 2] = [("runtime", "address"), ("macros", "none")];

/// For all that a target does besides: on a machine that does other things as well.
const SLACK: Duration = Duration::from_secs(600);

/// Of what a target may print: a line for each input that it keeps.
const MOST_PRINTED: u64 = 64 << 20;

/// Runs each target for so long.
pub(crate) fn check(seconds: u64) -> Result<()> {
    // `cargo fuzz` has no such option.
    run(in_fuzz("fetch").arg("--locked"))?;
    let targets = TARGETS.map(|(name, sanitizer)| Target::build(name, sanitizer));
    let targets = targets.into_iter().collect::<Result<Vec<_>>>()?;
    for target in &targets {
        let seeds = target.run_seeds()?;
        target.run_for(seconds, seeds)?;
    }
    compile()
}

/// Compiles what the target `macros` was called with, by the macros as they are.
fn compile() -> Result<()> {
    // Where nothing builds it with other features.
    let library = folder("library");
    let mut build = cargo();
    build.env("CARGO_TARGET_DIR", &library).args(["build", "--package", "mem-blocks"]);
    run(build.args(["--features", "listener"]))?;
    let mut programs = in_fuzz("run");
    programs
        .env("CARGO_TARGET_DIR", folder("programs-build"))
        .args(["--quiet", "--locked", "--package", "mem-blocks-fuzz-macros", "--"])
        .arg(library.join("debug/libmem_blocks.rlib"))
        .arg(folder("programs"))
        .arg(seeds("macros"))
        .arg(folder("corpus").join("macros"));
    run(&mut programs).with_context(|| {
        format!(
            "what was compiled, and the compiler's words, are in {}",
            folder("programs").display()
        )
    })
}

fn in_fuzz(subcommand: &str) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(top().join("fuzz")).arg(subcommand);
    cargo
}

/// A folder for what comes of it.
fn folder(name: &str) -> PathBuf {
    target_dir().join("fuzz").join(name)
}

fn seeds(target: &str) -> PathBuf {
    top().join("fuzz/seeds").join(target)
}

struct Target {
    name: &'static str,
    program: PathBuf,
}

impl Target {
    fn build(name: &'static str, sanitizer: &str) -> Result<Self> {
        // By itself, since all of it is built with other flags.
        let target_dir = folder("build").join(sanitizer);
        let mut build = tool::FUZZ.nightly_cargo()?;
        build.current_dir(top().join("fuzz")).args(["fuzz", "build", name]);
        // The mutators do not look at what is compared with what, and to write it down takes half of the time.
        build.args(["--sanitizer", sanitizer, "--no-trace-compares", "--target-dir"]);
        run(build.arg(&target_dir))?;
        let host = process::output_of(rustc().args(["--print", "host-tuple"]))?;
        let program = target_dir.join(host.trim()).join("release").join(name);
        if !program.is_file() {
            bail!("no {} after it was built", program.display());
        }
        Ok(Self { name, program })
    }

    /// Each of the seeds once, by itself.
    fn run_seeds(&self) -> Result<u64> {
        let files = fs::read_dir(seeds(self.name)).context("the seeds")?;
        let mut files = files.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
        files.sort_unstable();
        let ended = self.run(&files, SLACK)?;
        let executed = ended.stderr.lines().filter(|line| line.starts_with("Executed ")).count();
        if executed != files.len() || files.is_empty() {
            bail!("{}: {} seeds, of which {executed} were executed", self.name, files.len());
        }
        println!("{}: {executed} seeds", self.name);
        Ok(executed as u64)
    }

    /// Inputs that are made of the seeds, for so long. What is found anew is kept for [`compile`], until the next run.
    fn run_for(&self, seconds: u64, seeds_count: u64) -> Result<()> {
        let corpus = empty(&folder("corpus").join(self.name))?;
        let time = format!("-max_total_time={seconds}");
        let arguments = [corpus, seeds(self.name), time.into(), "-print_final_stats=1".into()];
        let ended = self.run(&arguments, SLACK + Duration::from_secs(seconds))?;
        let printed = Printed(&ended.stderr);
        let executions = printed.executions().context("no number of executions")?;
        let coverage = printed.coverage().context("no coverage")?;
        println!("{}: {executions} executions in {seconds} s, coverage {coverage}", self.name);
        // The empty input is one as well.
        if executions <= seeds_count + 1 {
            bail!("{}: nothing but the seeds was executed", self.name);
        }
        Ok(())
    }

    fn run(&self, arguments: &[PathBuf], time: Duration) -> Result<Ended> {
        let artifacts = folder("artifacts").join(self.name);
        fs::create_dir_all(&artifacts)?;
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            // Seconds for one input, of which thousands are done in one.
            .args(["-timeout=20", "-rss_limit_mb=2048"])
            // From the beginning as long as an input can be: those of the mutators are as short as they make them.
            .args(["-max_len=2048", "-len_control=0"])
            // To look up the names of functions takes longer than to run them.
            .arg("-print_funcs=0")
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            // As `cargo fuzz run` sets it.
            .env("ASAN_OPTIONS", "detect_odr_violation=0");
        let ended = run_limited(&mut command, time, MOST_PRINTED)?;
        if !ended.status.success() {
            let name = self.name;
            bail!("{name} ended with {}:\n{}", ended.status, Printed(&ended.stderr).why());
        }
        Ok(ended)
    }
}

/// The folder, without what was in it.
fn empty(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}

/// What libFuzzer says.
struct Printed<'t>(&'t str);

impl Printed<'_> {
    fn executions(&self) -> Option<u64> {
        let name = "stat::number_of_executed_units:";
        self.0.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
    }

    /// The edges of the program that were gone along, in the last line that says so.
    fn coverage(&self) -> Option<u64> {
        let coverage = |line: &str| line.split_once(" cov: ")?.1.split(' ').next()?.parse().ok();
        self.0.lines().rev().find_map(coverage)
    }

    /// The end, without the lines about its progress: what has gone wrong, and where the input is that did it.
    fn why(&self) -> String {
        let lines =
            self.0.lines().filter(|line| !line.starts_with('#') || !line.contains(" cov: "));
        let lines: Vec<_> = lines.filter(|line| !line.starts_with("INFO: ")).collect();
        lines[lines.len().saturating_sub(80)..].join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::Printed;

    const PRINTED: &str = "\
INFO: Seed: 1
#2\tINITED cov: 10 ft: 11 corp: 1/1b exec/s: 0 rss: 30Mb
#90\tNEW    cov: 12 ft: 15 corp: 2/3b lim: 4 exec/s: 0 rss: 30Mb L: 2/2 MS: 1 Custom-
==1== ERROR: libFuzzer: timeout after 20 seconds
    #0 0x5 in main
stat::number_of_executed_units: 97
";

    #[test]
    fn executions_and_coverage_are_read_from_what_libfuzzer_prints() {
        assert_eq!(Printed(PRINTED).executions(), Some(97));
        assert_eq!(Printed(PRINTED).coverage(), Some(12));
        assert_eq!(Printed("").executions(), None);
        assert_eq!(Printed("").coverage(), None);
    }

    #[test]
    fn of_a_failure_the_progress_is_left_out() {
        let why = Printed(PRINTED).why();
        assert!(why.starts_with("==1== ERROR: libFuzzer: timeout"), "{why}");
        assert!(why.contains("#0 0x5 in main"), "{why}");
    }
}
