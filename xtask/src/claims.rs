//! Tables in which each row is a claim and names, at its end, the tests that show it: `suite::test`.
//!
//! A row without a test is an error, and so is a test that does not exist, does not run or does not pass. Tests whose own
//! command takes long are looked up here, and run by that command.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, bail};

use crate::{host::in_lock, process, toolchain, top};

/// The row of a table.
#[derive(Debug)]
pub(crate) struct Claim {
    /// All of it but the tests.
    pub(crate) text: String,
    pub(crate) tests: Vec<String>,
}

/// The claims of a document.
pub(crate) fn read(document: &str) -> Result<Vec<Claim>> {
    let text = fs::read_to_string(top().join(document)).with_context(|| document.to_owned())?;
    let claims = claims(&text).with_context(|| document.to_owned())?;
    if claims.is_empty() {
        bail!("{document} has no table");
    }
    Ok(claims)
}

fn claims(text: &str) -> Result<Vec<Claim>> {
    let mut claims = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_head = lines.peek().is_some_and(|next| next.starts_with("|---"));
        if !line.starts_with("| ") || is_head {
            continue;
        }
        let (text, tests) = line
            .trim_end_matches([' ', '|'])
            .rsplit_once(" | ")
            .with_context(|| format!("a row of one cell: {line}"))?;
        let tests: Vec<String> = tests
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|name| name.contains("::"))
            .map(str::to_owned)
            .collect();
        if tests.is_empty() {
            bail!("a row without a test: {line}");
        }
        claims.push(Claim { text: text.to_owned(), tests });
    }
    Ok(claims)
}

/// Where a test is, and who runs it.
#[derive(Debug, PartialEq, Eq)]
enum Place<'t> {
    /// A test that is run here: of a program of `tests`, of one in `tests/lock` (`lock/FILE`), or in the documentation
    /// (`doctests`).
    Here { program: String, test: &'t str },
    /// In a file, as this text: run by another command.
    Elsewhere { file: String, text: String, command: &'static str },
}

fn place(test: &str) -> Result<Place<'_>> {
    let (suite, name) = test.split_once("::").with_context(|| format!("`{test}` has no suite"))?;
    let here = |program: &str, test| Place::Here { program: program.to_owned(), test };
    let elsewhere = |file: String, text: String, command| Place::Elsewhere { file, text, command };
    let in_file = || name.split_once("::").with_context(|| format!("`{test}` names no file"));
    Ok(match suite {
        // These have their module in their name.
        "edges" | "groups" | "handles" | "misuse" | "model" => here("bodies", test),
        "events" | "faults" | "host" | "threads" | "doctests" => here(suite, name),
        "lock" => {
            let (file, name) = in_file()?;
            here(&format!("lock/{file}"), name)
        }
        "unsound" => {
            let file = format!("tests/unsound/{name}.rs");
            elsewhere(file, "fn main()".to_owned(), "sound")
        }
        // One that is there and does not run is missing in the number of models, which that command compares.
        "loom" => {
            let (file, name) = in_file()?;
            elsewhere(format!("tests/loom/{file}.rs"), format!("#[test]\nfn {name}()"), "loom")
        }
        "firmware" => {
            let file = format!("tests/firmware/src/bin/{name}.rs");
            elsewhere(file, "fn main()".to_owned(), "firmware")
        }
        _ => bail!("`{test}` is of no known suite"),
    })
}

/// Sees to it that each test of these claims is there, and runs those that are run here. `whole` are programs of which
/// all tests must pass, and each be named by a claim of one of `documents`.
pub(crate) fn check(claims: &[Claim], whole: &[&str], documents: &[&str]) -> Result<()> {
    let mut programs: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for test in claims.iter().flat_map(|claim| &claim.tests) {
        match place(test)? {
            Place::Here { program, test } => {
                programs.entry(program).or_default().insert(test);
            }
            Place::Elsewhere { file, text, command } => {
                find(test, &file, &text)?;
                *others.entry(command).or_default() += 1;
            }
        }
    }
    for (program, tests) in programs {
        let passed = passed(&program)?;
        if let Some(test) = tests.iter().find(|test| !passed.contains(**test)) {
            bail!("no test of {program} with the name `{test}` has passed");
        }
        println!("{program}: {} tests of the list passed", tests.len());
        if whole.contains(&program.as_str()) {
            all_are_named(&program, &passed, documents)?;
        }
    }
    for (command, count) in others {
        println!("{count} are there, and are run by `cargo xtask {command}`");
    }
    Ok(())
}

/// That a test which is run by another command is there.
fn find(test: &str, file: &str, wanted: &str) -> Result<()> {
    let path = top().join(file);
    let found = fs::read_to_string(&path).with_context(|| format!("`{test}`: no {file}"))?;
    // The macro of `tests/firmware` has the `main` of a program that only runs tests.
    if found.contains(wanted) || found.contains("firmware::tests!") {
        return Ok(());
    }
    bail!("`{test}`: {file} has no `{}`", wanted.replace('\n', " "))
}

/// The tests of a program that passed. All must.
fn passed(program: &str) -> Result<BTreeSet<String>> {
    let mut cargo = toolchain::cargo();
    match program.split_once('/') {
        Some((_, file)) => in_lock(&mut cargo).args(["test", "--test", file]),
        None if program == "doctests" => {
            cargo.args(["test", "--package", "mem-blocks-tests", "--doc"])
        }
        None => cargo.args(["test", "--package", "mem-blocks-tests", "--test", program]),
    };
    let ended = process::capture(&mut cargo)?;
    if !ended.status.success() {
        bail!("the tests of {program}: {}\n{}{}", ended.status, ended.stdout, ended.stderr);
    }
    Ok(ended.stdout.lines().filter_map(passed_test).map(str::to_owned).collect())
}

/// The name in `test NAME ... ok`, or in `test FILE - NAME (line ..) - HOW ... ok` of a test in documentation.
fn passed_test(line: &str) -> Option<&str> {
    let (name, status) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let name = match name.split_once(" - ") {
        Some((_, name)) => name.split_once(" (line ")?.0,
        None => name.trim_end(),
    };
    (status == "ok").then_some(name)
}

/// That each test of a program is named in one of the documents: of `bodies`, each of the module `misuse`.
fn all_are_named(program: &str, passed: &BTreeSet<String>, documents: &[&str]) -> Result<()> {
    let named: Result<Vec<_>> = documents.iter().map(|document| read(document)).collect();
    let named: BTreeSet<String> =
        named?.into_iter().flatten().flat_map(|claim| claim.tests).collect();
    for test in passed {
        let name = if program == "bodies" { test.clone() } else { format!("{program}::{test}") };
        let is_listed = program != "bodies" || test.starts_with("misuse::");
        if is_listed && !named.contains(&name) {
            bail!("`{name}` is in none of {}", documents.join(", "));
        }
    }
    Ok(())
}

/// The codes of errors in a text: `E0277`.
pub(crate) fn codes(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .filter(|word| {
            let number = word.strip_prefix('E').unwrap_or_default();
            number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
        .collect()
}

/// What the compiler says of a program that must not compile.
pub(crate) fn message(case: &str) -> Result<String> {
    let file = Path::new("tests/unsound").join(format!("{case}.stderr"));
    fs::read_to_string(top().join(&file)).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "text\n\n| What | How | Shown by |\n|---|---|---|\n| a `b` | `c` | `host::d`, `loom::e::f` |\n";

    #[test]
    fn a_row_is_a_claim_with_the_tests_of_its_last_cell() {
        let claims = claims(TABLE).unwrap();
        assert_eq!(claims.len(), 1);
        assert_eq!(claims[0].tests, ["host::d", "loom::e::f"]);
        assert_eq!(claims[0].text, "| a `b` | `c`");
    }

    #[test]
    fn a_row_without_a_test_is_an_error() {
        let error = claims(&format!("{TABLE}| a | b | `c` |\n")).unwrap_err();
        assert!(error.to_string().starts_with("a row without a test"));
        assert!(claims(&format!("{TABLE}| a | b | |\n")).is_err());
    }

    #[test]
    fn a_test_has_its_place_by_its_suite() {
        let here = |program: &str, test| Place::Here { program: program.to_owned(), test };
        assert_eq!(place("edges::a").unwrap(), here("bodies", "edges::a"));
        assert_eq!(place("host::a").unwrap(), here("host", "a"));
        assert_eq!(place("lock::words::a").unwrap(), here("lock/words", "a"));
        let Place::Elsewhere { file, .. } = place("loom::one_word::a").unwrap() else {
            panic!("loom is run elsewhere");
        };
        assert_eq!(file, "tests/loom/one_word.rs");
        assert!(place("loom::a").is_err() && place("other::a").is_err() && place("a").is_err());
    }

    #[test]
    fn a_test_that_is_not_there_is_found_missing() {
        assert!(find("firmware::storm", "tests/firmware/src/bin/storm.rs", "fn main()").is_ok());
        assert!(find("firmware::x", "tests/firmware/src/bin/x.rs", "fn main()").is_err());
        assert!(find("loom::one_word::x", "tests/loom/one_word.rs", "fn x()").is_err());
    }

    #[test]
    fn a_test_has_passed_if_it_says_ok() {
        assert_eq!(passed_test("test a::b   ... ok"), Some("a::b"));
        assert_eq!(passed_test("test lib.rs - a::b (line 9) - compile fail ... ok"), Some("a::b"));
        assert_eq!(passed_test("test a ... FAILED"), None);
        assert_eq!(passed_test("test a ... ignored"), None);
        assert_eq!(passed_test("test result: ok. 1 passed"), None);
    }

    #[test]
    fn a_code_is_a_letter_and_four_digits() {
        let found: Vec<_> =
            codes("error[E0277]: (E0597, E05), XE0001 E01234").into_iter().collect();
        assert_eq!(found, ["E0277", "E0597"]);
    }
}
