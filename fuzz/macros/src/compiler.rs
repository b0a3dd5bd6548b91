//! The compiler, and what it says of a program.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use serde::Deserialize;
use wait_timeout::ChildExt as _;

/// A program of some lines that takes longer is never done.
const LIMIT: Duration = Duration::from_secs(60);

/// What became of a program.
pub(crate) enum Outcome {
    Compiled,
    /// With errors, all of them at words of the user's.
    Refused,
    Wrong(String),
}

pub(crate) struct Compiler {
    /// The runtime crate; beside it, in `deps`, is what it depends on.
    runtime: PathBuf,
    work: PathBuf,
}

impl Compiler {
    /// A compiler that keeps its programs in the folder `work`, which is emptied.
    pub(crate) fn new(runtime: PathBuf, work: PathBuf) -> Result<Self> {
        if work.exists() {
            fs::remove_dir_all(&work).context("the programs of the last run")?;
        }
        fs::create_dir_all(&work).with_context(|| format!("cannot write to {}", work.display()))?;
        Ok(Self { runtime, work })
    }

    pub(crate) fn compile(&self, name: &str, program: &str) -> Result<Outcome> {
        let file = |extension: &str| self.work.join(name).with_extension(extension);
        let (source, messages) = (file("rs"), file("json"));
        fs::write(&source, program)?;
        let mut runtime = OsString::from("mem_blocks=");
        runtime.push(&self.runtime);
        let dependencies = self.runtime.with_file_name("deps");
        let mut child = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args([
                "--edition=2024",
                "--crate-type=lib",
                "--crate-name=case",
                "--error-format=json",
            ])
            .arg(format!("--emit=metadata={}", file("rmeta").display()))
            .arg("--extern")
            .arg(runtime)
            .arg("-L")
            .arg(format!("dependency={}", dependencies.display()))
            .arg(&source)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&messages)?)
            .spawn()
            .context("cannot start `rustc`")?;
        let Some(status) = child.wait_timeout(LIMIT)? else {
            child.kill()?;
            child.wait()?;
            return Ok(Outcome::Wrong(format!("did not end within {} s", LIMIT.as_secs())));
        };
        let messages = fs::read_to_string(&messages)?;
        Ok(match what_is_wrong(&messages, &source) {
            Some(why) => Outcome::Wrong(why),
            None if status.success() => Outcome::Compiled,
            // 101 and signals are the compiler's own failures.
            None if status.code() == Some(1) => Outcome::Refused,
            None => Outcome::Wrong(format!("the compiler ended with {status}")),
        })
    }
}

/// What the compiler says that it must never say.
fn what_is_wrong(messages: &str, source: &Path) -> Option<String> {
    messages.lines().find_map(|line| match serde_json::from_str::<Diagnostic>(line) {
        Ok(message) => message.what_is_wrong(source),
        Err(_) => Some(format!("the compiler said `{line}`")),
    })
}

/// A message of the compiler, as far as it matters here.
#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    level: String,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: PathBuf,
    byte_start: u32,
    byte_end: u32,
    is_primary: bool,
    expansion: Option<Expansion>,
}

/// The call of the macro that has written what a span is of; or of what the compiler writes itself, such as for `?`.
#[derive(Deserialize)]
struct Expansion {
    span: Box<Span>,
    macro_decl_name: String,
}

impl Diagnostic {
    fn what_is_wrong(&self, source: &Path) -> Option<String> {
        let Self { message, level, spans } = self;
        if level.contains("internal compiler error")
            || message.contains("panicked") && !self.is_of_a_value()
        {
            return Some(message.clone());
        }
        let is_an_end = message.starts_with("aborting due to");
        // The size of one block beyond all bounds: the compiler says so in its own library.
        let is_elsewhere = message.starts_with("values of the type");
        if level != "error" || is_an_end || is_elsewhere {
            return None;
        }
        let mut primary = spans.iter().filter(|span| span.is_primary).peekable();
        if primary.peek().is_none() {
            return Some(format!("an error without a place: {message}"));
        }
        let place = primary.find(|span| span.file_name != source || span.is_generated())?;
        let Span { file_name, byte_start, byte_end, .. } = place;
        let file = file_name.display();
        Some(format!(
            "an error at what was generated, bytes {byte_start}..{byte_end} of {file}: {message}"
        ))
    }

    /// Whether it is the panic of a function that judges a value.
    fn is_of_a_value(&self) -> bool {
        self.message.starts_with("evaluation panicked")
    }
}

impl Span {
    /// Whether its place is that of the whole call of the macro, which is where generated words are.
    fn is_generated(&self) -> bool {
        self.expansion.as_ref().is_some_and(|Expansion { span, macro_decl_name }| {
            macro_decl_name.contains("mem_blocks")
                && (span.byte_start, span.byte_end) == (self.byte_start, self.byte_end)
        })
    }
}
