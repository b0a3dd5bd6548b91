//! Compiles what the fuzzer called the macros with, by the compiler and the macros as they are:
//! `mem-blocks-fuzz-macros RLIB WORK SEEDS CORPUS`.
//!
//! No panic, no internal error, no hang; what the macros have refused is an error; and what they have accepted compiles, or
//! the compiler's errors are at words of the user's, not at what was generated.

mod compiler;

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs,
    path::Path,
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use mem_blocks_fuzz_macros::{Input, Verdict, definition, judge, program};

use compiler::{Compiler, Outcome};

/// Definitions of parts that fit together, the same in each run.
const DEFINITIONS: u64 = 100;

/// Of what the fuzzer has found, as many are compiled that the macros accept, and that they refuse: some tenths of a
/// second each.
const MOST_ACCEPTED: usize = 80;
const MOST_REFUSED: usize = 40;

/// How deep groups lie in groups: as deep as the macros read, in a definition and its braces; and deeper, but as
/// the compiler itself can.
const DEPTHS: [(usize, Verdict); 2] = [(127, Verdict::Accepted), (1000, Verdict::Refused)];

fn main() -> ExitCode {
    match check(&env::args_os().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn check(arguments: &[OsString]) -> Result<()> {
    let [runtime, work, seeds, corpus] = arguments else {
        bail!("usage: mem-blocks-fuzz-macros RLIB WORK SEEDS CORPUS");
    };
    let compiler = Compiler::new(runtime.into(), work.into())?;
    let cases = cases(Path::new(seeds), Path::new(corpus))?;
    let outcomes = compile(&compiler, &cases)?;

    let count = |verdict, outcome: fn(&Outcome) -> bool| {
        let of = cases.iter().zip(&outcomes).filter(|(case, _)| case.verdict == verdict);
        of.filter(|(_, found)| outcome(found)).count()
    };
    println!(
        "accepted by the macros: {} compile, {} are refused by the compiler, at words of the user's",
        count(Verdict::Accepted, |outcome| matches!(outcome, Outcome::Compiled)),
        count(Verdict::Accepted, |outcome| matches!(outcome, Outcome::Refused)),
    );
    println!(
        "refused by the macros: {}, with errors of the compiler's as well",
        count(Verdict::Refused, |outcome| matches!(outcome, Outcome::Refused)),
    );
    let wrong: Vec<_> = cases.iter().zip(&outcomes).filter_map(wrong).collect();
    if !wrong.is_empty() {
        bail!("{} of them are wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
    // Else the rest says little.
    if count(Verdict::Accepted, |outcome| matches!(outcome, Outcome::Compiled)) < 40 {
        bail!("hardly any of what the macros accept compiles");
    }
    Ok(())
}

/// What is wrong with a case, if anything is.
fn wrong((case, outcome): (&Case, &Outcome)) -> Option<String> {
    let why = match (outcome, case.verdict) {
        (Outcome::Wrong(why), _) => why,
        // An error under a condition that does not hold is none.
        (Outcome::Compiled, Verdict::Refused) if !case.program.contains("cfg") => {
            "refused by the macros, and compiles"
        }
        _ => return None,
    };
    Some(format!("{}: {why}", case.name))
}

/// An input as a program.
struct Case {
    name: String,
    program: String,
    verdict: Verdict,
}

impl Case {
    /// `None` if it is nothing to compile.
    fn new(name: &str, text: &str) -> Option<Self> {
        let input = Input::read(text)?;
        Some(Self { name: name.to_owned(), program: program::write(text)?, verdict: judge(&input) })
    }
}

/// All the seeds, definitions, and some of what the fuzzer has found.
fn cases(seeds: &Path, corpus: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let seeds = texts(seeds)?;
    for (name, text) in &seeds {
        cases.push(Case::new(name, text).with_context(|| format!("{name} is no input"))?);
    }
    if cases.is_empty() {
        bail!("no seeds");
    }
    for (depth, verdict) in DEPTHS {
        for (name, program) in deep(depth) {
            cases.push(Case { name, program, verdict });
        }
    }
    for number in 0..DEFINITIONS {
        let text = definition::write(&mut Rng::with_seed(number));
        let case = Case::new(&format!("definition_{number}"), &text).context("no definition")?;
        cases.push(case);
    }
    // The names are hashes: the first ones are as good as a random choice, and the same for the same corpus.
    let found = texts(corpus)?;
    cases.extend(some_of_each(found.iter().filter_map(|(name, text)| Case::new(name, text))));
    Ok(cases)
}

/// The first ones of those that the macros accept, and of those that they refuse.
fn some_of_each(cases: impl Iterator<Item = Case>) -> Vec<Case> {
    let (mut accepted, mut refused) = (MOST_ACCEPTED, MOST_REFUSED);
    let is_wanted = |case: &Case| {
        let left = if case.verdict == Verdict::Accepted { &mut accepted } else { &mut refused };
        let is_wanted = *left > 0;
        *left = left.saturating_sub(1);
        is_wanted
    };
    cases.filter(is_wanted).collect()
}

/// The files of a folder by name, without those that are no text.
fn texts(folder: &Path) -> Result<BTreeMap<String, String>> {
    let files =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut texts = BTreeMap::new();
    for file in files {
        let path = file?.path();
        let name = path.file_stem().context("a file has a name")?.to_string_lossy().into_owned();
        if let Ok(text) = String::from_utf8(fs::read(&path)?) {
            texts.insert(name, text);
        }
    }
    Ok(texts)
}

/// Definitions with groups in groups, so deep.
fn deep(depth: usize) -> Vec<(String, String)> {
    let [open, close] = ["(", ")"].map(|sign| sign.repeat(depth));
    let texts = [
        ("value", format!("#[mem_blocks(align = {open}4{close})] static DEEP: MemBlocks<u32, 4>;")),
        ("number", format!("static DEEP: MemBlocks<u32, {{ {open}4{close} }}>;")),
        ("type", format!("static DEEP: {open}MemBlocks<u32, 4>{close};")),
    ];
    let name = |part| format!("deep_{part}_{depth}");
    let program = |text: &str| program::write(text).expect("it is an input");
    texts.iter().map(|(part, text)| (name(part), program(text))).collect()
}

/// Compiles all of them, two at once.
fn compile(compiler: &Compiler, cases: &[Case]) -> Result<Vec<Outcome>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(at) else { return Ok::<_, anyhow::Error>(done) };
            done.push((at, compiler.compile(&case.name, &case.program)?));
        }
    };
    let mut outcomes = thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().expect("compiling does not panic")?);
        }
        Ok::<_, anyhow::Error>(all)
    })?;
    outcomes.sort_by_key(|(at, _)| *at);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}
