//! The tests on the host under what watches every access to memory: `ThreadSanitizer`, `AddressSanitizer`, valgrind. Each must
//! first stop a program that is wrong on purpose: a watcher that sees nothing lets everything pass.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{
    host::{RUNTIME_TESTS, in_lock},
    process::{self, run},
    toolchain::{self, add_flags},
    top,
};

/// Definitions of every kind, in the same package as the tests of the runtime crate.
const DEFINITIONS: [&str; 4] = ["attributes", "options", "places", "types"];

/// Too long under valgrind, which lets one thread run at a time; and a program of which it does not see that pages are
/// protected.
const NOT_UNDER_VALGRIND: [&str; 2] = ["threads", "untouched"];

/// What the address sanitizer says of memory that is not there.
const OVERRUN: &str = "AddressSanitizer: global-buffer-overflow";
const RACE: &str = "ThreadSanitizer: data race";
const UNINIT: &str = "uninitialised value";

pub(crate) fn check() -> Result<()> {
    threads()?;
    addresses()?;
    valgrind()
}

/// Races, of words that change by compare-and-swap and of those that change under the lock.
///
/// In the workspace `tests/lock`, whose critical section is compiled with the sanitizer, as the standard library is not.
fn threads() -> Result<()> {
    const FLAGS: [&str; 2] = ["-Zsanitizer=thread", "-Cunsafe-allow-abi-mismatch=sanitizer"];
    let suppressions = top().join("tests/lock/thread-sanitizer.txt");
    let test = |folder: &str| {
        let mut cargo = sanitized("test", folder, &FLAGS)?;
        in_lock(&mut cargo);
        cargo.env("TSAN_OPTIONS", format!("suppressions={}", suppressions.display()));
        cargo.args(["--release", "--test", "threads"]);
        Ok::<_, anyhow::Error>(cargo)
    };
    must_be_stopped(test("thread-sanitizer")?.args(["--features", "break-lock"]), RACE)?;
    run(&mut test("thread-sanitizer")?)?;
    run(toolchain::without_compare_and_swap(&mut test("thread-sanitizer-by-lock")?))
}

/// Accesses to what is nobody's.
fn addresses() -> Result<()> {
    const FLAGS: [&str; 1] = ["-Zsanitizer=address"];
    let in_tests = |subcommand: &str, package: &str| {
        let mut cargo = sanitized(subcommand, "address-sanitizer", &FLAGS)?;
        cargo.args(["--package", package]);
        Ok::<_, anyhow::Error>(cargo)
    };
    let mut faulty = in_tests("run", "mem-blocks-tests")?;
    must_be_stopped(faulty.args(["--example", "faulty", "--", "overrun"]), OVERRUN)?;

    run(in_tests("test", "mem-blocks")?.arg("--lib"))?;
    for test in RUNTIME_TESTS.iter().chain(&DEFINITIONS) {
        let mut cargo = in_tests("test", "mem-blocks-tests")?;
        match *test {
            // A page that nobody may read ends the process, as it should, and cannot be searched for leaks.
            "untouched" => cargo.env("ASAN_OPTIONS", "handle_segv=0:detect_leaks=0"),
            // Values are leaked where the drop of one panics.
            "faults" => cargo.env("ASAN_OPTIONS", "detect_leaks=0"),
            _ => &mut cargo,
        };
        run(cargo.args(["--test", test]))?;
    }
    // Handles are forgotten there.
    run(in_tests("test", "mem-blocks-random")?.env("ASAN_OPTIONS", "detect_leaks=0"))?;

    run(in_lock(&mut sanitized("test", "address-sanitizer", &FLAGS)?))?;
    let mut by_lock = sanitized("test", "address-sanitizer-by-lock", &FLAGS)?;
    run(toolchain::without_compare_and_swap(in_lock(&mut by_lock)))
}

/// Decisions by what nobody has written, which the sanitizers do not see.
fn valgrind() -> Result<()> {
    toolchain::need_valgrind()?;
    let runner =
        format!("CARGO_TARGET_{}_RUNNER", toolchain::host()?.to_uppercase().replace('-', "_"));
    let cargo = |subcommand: &str, package: &str| {
        let mut cargo = toolchain::cargo();
        cargo.env(&runner, "valgrind --quiet --error-exitcode=99 --leak-check=no");
        cargo.args([subcommand, "--package", package]);
        cargo
    };
    let mut faulty = cargo("run", "mem-blocks-tests");
    must_be_stopped(faulty.args(["--example", "faulty", "--", "uninit"]), UNINIT)?;

    run(cargo("test", "mem-blocks").arg("--lib"))?;
    let tests = RUNTIME_TESTS.iter().filter(|test| !NOT_UNDER_VALGRIND.contains(test));
    for test in tests.chain(&DEFINITIONS) {
        run(cargo("test", "mem-blocks-tests").args(["--test", test]))?;
    }
    Ok(())
}

/// A nightly cargo that compiles for the host with a sanitizer: but for nothing that runs at compile time, which is why
/// the target is named.
fn sanitized(subcommand: &str, folder: &str, flags: &[&str]) -> Result<Command> {
    let mut cargo = toolchain::nightly_cargo()?;
    cargo.env("CARGO_TARGET_DIR", toolchain::target_dir().join(folder));
    cargo.args([subcommand, "--target", &toolchain::host()?]);
    add_flags(&mut cargo, flags);
    Ok(cargo)
}

/// A program that is wrong on purpose must end with this complaint.
fn must_be_stopped(command: &mut Command, complaint: &str) -> Result<()> {
    let ended = process::capture(command)?;
    if ended.status.success() || !ended.stderr.contains(complaint) {
        bail!(
            "a wrong program did not end with \"{complaint}\":\n{}{}",
            ended.stdout,
            ended.stderr
        );
    }
    println!("{complaint}: stopped, as it should be");
    Ok(())
}
