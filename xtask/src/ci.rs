//! What CI runs: the commands of this program, two at a time.

use std::{
    env,
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    slice,
    sync::{Mutex, PoisonError},
    thread,
};

use anyhow::{Context, Result, bail};

use crate::{
    board::BOARDS,
    toolchain::{self, Cross},
};

/// In the order in which they begin: `lint` fails most often, and `test` takes longest.
const CHECKS: [&[&str]; 17] = [
    &["lint"],
    &["test"],
    &["supply"],
    &["cost"],
    &["peers"],
    &["sanitize"],
    &["msrv"],
    &["targets"],
    &["fuzz"],
    &["exhaustive"],
    &["random"],
    &["readme"],
    &["doc"],
    &["faults"],
    &["sound"],
    &["build-time", "--quick"],
    &["bench", "--quick"],
];

/// An emulator, a test and often the compiler keep no more than one core at work, so one check alone leaves others idle.
const AT_ONCE: usize = 2;

pub(crate) fn run() -> Result<()> {
    set_up()?;
    let logs = toolchain::target_dir().join("ci");
    fs::create_dir_all(&logs)?;
    let program = env::current_exe()?;

    let waiting = Mutex::new(CHECKS.iter());
    let failures = thread::scope(|scope| {
        let work = || work(&waiting, |check| run_one(&program, &logs, check));
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let ended =
            workers.into_iter().map(|worker| worker.join().expect("a check does not panic"));
        ended.filter_map(Result::err).map(|error| format!("{error:#}")).collect::<Vec<_>>()
    });
    // Last, where it is seen.
    if !failures.is_empty() {
        bail!("{}", failures.join("\n"));
    }
    Ok(())
}

/// What two checks would install at the same time.
fn set_up() -> Result<()> {
    Cross::need_all(BOARDS.iter().map(|board| board.target))?;
    for board in BOARDS {
        toolchain::emulator(board.emulator)?;
    }
    toolchain::oldest_cargo()?;
    toolchain::need_valgrind()
}

/// Does one after the other of what waits. After a failure nothing waits any longer.
fn work<T>(waiting: &Mutex<slice::Iter<T>>, run: impl Fn(&T) -> Result<()>) -> Result<()> {
    let lock = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let Some(next) = lock().next() else { return Ok(()) };
        if let Err(error) = run(next) {
            *lock() = [].iter();
            return Err(error);
        }
    }
}

/// Runs a command of this program, and then prints what it has printed, as a whole.
fn run_one(program: &Path, logs: &Path, arguments: &[&str]) -> Result<()> {
    let command = arguments.join(" ");
    println!("xtask: {command} begins");
    let path = logs.join(format!("{}.txt", arguments[0]));
    let log = File::create(&path).with_context(|| path.display().to_string())?;
    let mut child = Command::new(program);
    child.args(arguments).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    let status = child.status().with_context(|| format!("cannot start `{command}`"))?;
    let printed = fs::read(&path)?;
    let printed = String::from_utf8_lossy(&printed);
    if !status.success() {
        bail!("{command}: {status}\n{printed}");
    }
    print!("{printed}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use anyhow::ensure;

    use super::*;

    /// What was run of these, where one fails.
    fn run_until(fails: &str) -> (Result<()>, Vec<&'static str>) {
        let checks = ["a", "b", "c"];
        let waiting = Mutex::new(checks.iter());
        let ran = Mutex::new(Vec::new());
        let ended = work(&waiting, |check| {
            ran.lock().unwrap().push(*check);
            ensure!(*check != fails, "{check} failed");
            Ok(())
        });
        (ended, ran.into_inner().unwrap())
    }

    #[test]
    fn all_are_run_in_their_order() {
        let (ended, ran) = run_until("none");
        assert!(ended.is_ok());
        assert_eq!(ran, ["a", "b", "c"]);
    }

    #[test]
    fn after_a_failure_nothing_begins() {
        let (ended, ran) = run_until("b");
        assert_eq!(ended.unwrap_err().to_string(), "b failed");
        assert_eq!(ran, ["a", "b"]);
    }
}
