//! Programs that are wrong, and what the compiler says of each, to the word and to the place.
//!
//! Definitions are in `ui`: each file breaks the rule that it is named after. Attempts of safe code to
//! break an invariant are in `unsound`.
//!
//! A mistake is marked with `//~ ERROR` at the end of its line (`x2` where a line has two): so many
//! errors there must be, at these lines, and no others. The rules are those of the list in
//! `mem-blocks-macros/src/rules.md`, which names a file for each; the attempts those of
//! `docs/soundness.md`.
//!
//! After a change of a text, look at what `TRYBUILD=overwrite cargo test -p mem-blocks-tests --test
//! ui` writes.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use trybuild::TestCases;

/// The compiler whose words the expected texts are: a good part of them is not ours. With another,
/// the errors must be as many and at the same places, in whatever words; `cargo xtask test` also
/// runs this test with this compiler.
const COMPILER: &str = "rustc 1.95.";

/// Cases that are the compiler's alone, and of which others may say more: Rust 1.85 reports a type
/// of unknown size at each use.
const LEFT_TO_THE_COMPILER: [&str; 1] = ["blocks_have_a_known_size"];

/// Set for a second process of this test, which works on copies.
const COPIES: &str = "MEM_BLOCKS_UI_COPIES";

#[test]
fn each_mistake_is_an_error() {
    each_is_an_error("ui", "each_mistake_is_an_error");
}

#[test]
fn each_attempt_to_break_an_invariant_is_an_error() {
    each_is_an_error("unsound", "each_attempt_to_break_an_invariant_is_an_error");
}

/// Compiles the cases of a folder; `test` is the test that does.
fn each_is_an_error(folder: &str, test: &str) {
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    if env::var_os(COPIES).is_some() {
        TestCases::new().compile_fail(copies.join("*.rs"));
        return;
    }
    let version = version();
    if version.starts_with(COMPILER) {
        TestCases::new().compile_fail(format!("{folder}/*.rs"));
        return;
    }
    copy_cases(folder, &copies);
    // Told to write the texts that are missing, which is all of them, it compares none.
    let mut again = Command::new(env::current_exe().expect("this program has a path"));
    again.args(["--exact", test]).env(COPIES, "1").env("TRYBUILD", "overwrite");
    let ended = again.output().expect("this program can be run");
    // trybuild reports there.
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));

    for case in cases(folder).iter().filter(|case| !LEFT_TO_THE_COMPILER.contains(&case.as_str())) {
        let spots = |folder: &Path| -> Vec<_> {
            let places = places(&read(&folder.join(format!("{case}.stderr"))));
            places.into_iter().map(|place| (place.line, place.column)).collect()
        };
        assert_eq!(spots(Path::new(folder)), spots(&copies), "{case} with {version}");
    }
}

#[test]
fn each_error_is_at_a_marked_line_of_its_case() {
    for folder in ["ui", "unsound"] {
        assert_eq!(names(folder, "stderr"), cases(folder));
        for case in cases(folder) {
            let path = format!("{folder}/{case}.rs");
            let text = read(&Path::new(folder).join(format!("{case}.stderr")));
            let mut lines = Vec::new();
            for place in places(&text) {
                assert_eq!(place.file, path, "an error outside of the case");
                lines.push(place.line);
            }
            assert_eq!(lines, marked_lines(&read(Path::new(&path))), "{path}");
        }
    }
}

#[test]
fn each_rule_has_a_case_and_each_case_a_rule() {
    let rules = read(Path::new("../mem-blocks-macros/src/rules.md"));
    let named = rules
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.rsplit_once(" | "))
        .flat_map(|(_, cases)| cases.split('`').skip(1).step_by(2));
    assert_are_the_cases_of("ui", named);
}

#[test]
fn each_attempt_is_in_the_list_and_is_a_program_without_unsafe() {
    let list = read(Path::new("../docs/soundness.md"));
    let named = list.split('`').filter_map(|name| name.strip_prefix("unsound::"));
    assert_are_the_cases_of("unsound", named);
    for case in cases("unsound") {
        let text = read(&Path::new("unsound").join(format!("{case}.rs")));
        assert!(text.starts_with("#![forbid(unsafe_code)]\n"), "{case}");
    }
}

/// That a list names each case of a folder once.
fn assert_are_the_cases_of<'n>(folder: &str, named: impl Iterator<Item = &'n str>) {
    let named: Vec<_> = named.collect();
    let unique: BTreeSet<_> = named.iter().map(|name| String::from(*name)).collect();
    assert_eq!(unique.len(), named.len(), "a case is named twice");
    assert_eq!(unique, cases(folder));
}

/// The names of the cases in a folder.
fn cases(folder: &str) -> BTreeSet<String> {
    names(folder, "rs")
}

/// The names of the files with that extension.
fn names(folder: &str, wanted: &str) -> BTreeSet<String> {
    let name = |path: PathBuf| {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        path.extension().is_some_and(|extension| extension == wanted).then_some(name)
    };
    let entries = fs::read_dir(folder).expect("the tests' folder is the current one");
    entries.filter_map(|entry| name(entry.expect("the folder is readable").path())).collect()
}

/// Where an error is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    file: String,
    line: usize,
    column: usize,
}

/// The places of the errors in a text of the compiler, in order.
fn places(text: &str) -> Vec<Place> {
    let mut lines = text.lines();
    let mut places = Vec::new();
    while let Some(line) = lines.next() {
        if is_error(line) {
            let place = lines.by_ref().find_map(|line| line.trim_start().strip_prefix("--> "));
            let mut parts = place.expect("an error has a place").rsplitn(3, ':');
            let mut number = || parts.next().and_then(|part| part.parse().ok());
            let (column, line) = (number().expect("a column"), number().expect("a line"));
            let file = parts.next().expect("a file").to_owned();
            places.push(Place { file, line, column });
        }
    }
    places.sort_unstable();
    places
}

fn is_error(line: &str) -> bool {
    line.starts_with("error:") || line.starts_with("error[")
}

/// The lines with mistakes, each as often as it has one.
fn marked_lines(case: &str) -> Vec<usize> {
    let marks = |(line, number): (&str, usize)| {
        let count = match line.split_once(" //~ ERROR") {
            None => 0,
            Some((_, "")) => 1,
            Some((_, count)) => {
                count.strip_prefix(" x").and_then(|count| count.parse().ok()).expect("a count")
            }
        };
        vec![number; count]
    };
    case.lines().zip(1..).flat_map(marks).collect()
}

/// Copies the cases of a folder without their expected texts.
fn copy_cases(folder: &str, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("the folder for copies is writable");
    for case in cases(folder) {
        let file = format!("{case}.rs");
        fs::copy(Path::new(folder).join(&file), to.join(&file)).expect("the folder is writable");
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc should run");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
