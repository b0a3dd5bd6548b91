//! Comparing what a program printed with the file that says what it should print.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::expected::Mode;

/// Compares `found` with the content of the file `expected`.
pub(crate) fn compare(expected: &Path, found: &str, mode: Mode) -> Result<()> {
    if mode == Mode::Write {
        return fs::write(expected, found)
            .with_context(|| format!("cannot write {}", expected.display()));
    }
    let wanted = fs::read_to_string(expected)
        .with_context(|| format!("no expected output: cannot read {}", expected.display()))?;
    // A checkout may have other line ends.
    match first_difference(&wanted.replace("\r\n", "\n"), &found.replace("\r\n", "\n")) {
        None => Ok(()),
        Some(difference) => {
            bail!(
                "{} differs:\n{difference}\nall of what was printed:\n{found}",
                expected.display()
            )
        }
    }
}

fn first_difference(wanted: &str, found: &str) -> Option<String> {
    if wanted == found {
        return None;
    }
    let (mut wanted, mut found) = (wanted.split('\n'), found.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        match (wanted.next(), found.next()) {
            (None, None) => return None,
            (wanted, found) if wanted == found => {}
            (wanted, found) => {
                let (wanted, found) = (wanted.unwrap_or("(end)"), found.unwrap_or("(end)"));
                return Some(format!("line {number}\n  expected: {wanted}\n  printed:  {found}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_do_not_differ() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn a_changed_line_is_shown_with_its_number() {
        let difference = first_difference("a\nb\nc\n", "a\nx\nc\n").unwrap();
        assert!(difference.starts_with("line 2\n  expected: b\n  printed:  x"));
    }

    #[test]
    fn missing_and_additional_lines_differ() {
        assert!(first_difference("a\nb\n", "a\n").is_some());
        assert!(first_difference("a\n", "a\nb\n").is_some());
        assert!(first_difference("a\n", "a").is_some());
        assert!(first_difference("", "a\n").is_some());
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let missing = Path::new("no such folder/no such file.txt");
        assert!(compare(missing, "", Mode::Compare).is_err());
    }
}
