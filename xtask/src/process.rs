//! Running other programs: said aloud, and never without an end.

use std::{
    io::Read,
    path::Path,
    process::{Command, ExitStatus, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// How a program ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// What it printed, as text; and as it was, for what is none.
    pub(crate) stdout: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) stderr: String,
}

/// Prints the command and runs it with this program's own input and output; fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().with_context(|| format!("cannot start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a command to its end, whatever that is.
pub(crate) fn capture(command: &mut Command) -> Result<Ended> {
    let output = command.output().with_context(|| format!("cannot start `{}`", shown(command)))?;
    Ok(Ended::new(output.status, output.stdout, &output.stderr))
}

impl Ended {
    fn new(status: ExitStatus, bytes: Vec<u8>, stderr: &[u8]) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { status, stdout: text(&bytes), bytes, stderr: text(stderr) }
    }
}

/// What a command prints; fails if the command does.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let ended = capture(command)?;
    if !ended.status.success() {
        bail!("`{}` ended with {}:\n{}", shown(command), ended.status, ended.stderr);
    }
    Ok(ended.stdout)
}

/// Runs a command that may hang or print without end: stops it after `time`, or after `bytes` on one of its outputs.
pub(crate) fn run_limited(command: &mut Command, time: Duration, bytes: u64) -> Result<Ended> {
    let name = shown(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{name}`"))?;
    let stdout = child.stdout.take().context("stdout is piped")?;
    let stderr = child.stderr.take().context("stderr is piped")?;
    let too_much = AtomicBool::new(false);
    let read = |pipe: &mut dyn Read| {
        let mut found = Vec::new();
        // One byte more than allowed: reading on would let the program go on.
        let done = pipe.take(bytes + 1).read_to_end(&mut found);
        if done.is_err() || found.len() as u64 > bytes {
            too_much.store(true, Ordering::Relaxed);
        }
        found
    };

    thread::scope(|scope| {
        let stdout = scope.spawn(|| read(&mut { stdout }));
        let stderr = scope.spawn(|| read(&mut { stderr }));
        let end = Instant::now() + time;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Ok(status);
            }
            if too_much.load(Ordering::Relaxed) {
                break Err(format!("`{name}` printed more than {bytes} bytes"));
            }
            if Instant::now() > end {
                break Err(format!("`{name}` did not end within {} s", time.as_secs()));
            }
            thread::sleep(Duration::from_millis(5));
        };
        if status.is_err() {
            child.kill()?;
            child.wait()?;
        }
        let stdout = stdout.join().expect("reading does not panic");
        let stderr = stderr.join().expect("reading does not panic");
        match status {
            Ok(status) if !too_much.load(Ordering::Relaxed) => {
                Ok(Ended::new(status, stdout, &stderr))
            }
            Ok(_) => bail!("`{name}` printed more than {bytes} bytes"),
            Err(why) => bail!("{why}; it had printed:\n{}{}", head(&stdout), head(&stderr)),
        }
    })
}

/// The first lines, for a message.
fn head(printed: &[u8]) -> String {
    String::from_utf8_lossy(printed).lines().take(20).flat_map(|line| [line, "\n"]).collect()
}

/// The command as one would type it, the program without its folder.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn run_limited_gives_status_and_output() {
        let ended = run_limited(&mut shell("echo out; echo err >&2; exit 3"), LONG, 100).unwrap();
        assert!(!ended.status.success());
        assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("out\n", "err\n"));
    }

    #[test]
    fn what_is_no_text_is_kept_as_it_was() {
        let ended = run_limited(&mut shell(r"printf 'a\377'"), LONG, 100).unwrap();
        assert_eq!((ended.bytes.as_slice(), ended.stdout.as_str()), (&b"a\xFF"[..], "a\u{FFFD}"));
    }

    #[test]
    fn run_limited_stops_a_program_that_hangs() {
        let start = Instant::now();
        let error = run_limited(&mut shell("exec sleep 60"), Duration::from_millis(50), 100);
        assert!(error.unwrap_err().to_string().contains("did not end within"));
        assert!(start.elapsed() < LONG);
    }

    #[test]
    fn run_limited_stops_a_program_that_prints_without_end() {
        let error = run_limited(&mut shell("exec yes"), LONG, 1000);
        assert!(error.unwrap_err().to_string().contains("printed more than 1000 bytes"));
    }

    #[test]
    fn run_fails_where_the_command_does() {
        assert!(run(&mut shell("exit 1")).is_err());
        assert!(output_of(&mut shell("exit 1")).is_err());
    }

    const LONG: Duration = Duration::from_secs(30);
}
