//! The reasons of `unsafe`: each block and each `impl` of the two published crates, inside macros as well, has a `// SAFETY:`
//! comment right above it that names an invariant of `docs/design.md`.
//!
//! Clippy wants the comment, and not inside macros; it does not read it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::top;

const SOURCES: [&str; 2] = ["mem-blocks/src", "mem-blocks-macros/src"];

/// Checks the reasons, and that every invariant which a comment names is one. Says how many places there are.
pub(crate) fn check() -> Result<usize> {
    let design = fs::read_to_string(top().join("docs/design.md")).context("docs/design.md")?;
    let invariants = invariants(&design);
    if invariants.is_empty() {
        bail!("docs/design.md has no invariants");
    }
    let mut count = 0;
    for folder in SOURCES {
        for path in files(&top().join(folder))? {
            let name = path.strip_prefix(top()).unwrap_or(&path).display().to_string();
            let text = fs::read_to_string(&path).with_context(|| name.clone())?;
            count += check_file(&text, &invariants).with_context(|| name)?;
        }
    }
    println!(
        "{count} unsafe blocks and impls, each with its reason by {} invariants",
        invariants.len()
    );
    Ok(count)
}

/// The Rust files of a folder, and of those in it.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The names in `* **I1** ..`.
fn invariants(design: &str) -> BTreeSet<&str> {
    let bold = design.lines().filter_map(|line| line.strip_prefix("* **")?.split_once("** "));
    bold.map(|(name, _)| name).filter(|name| cited(name).eq([*name])).collect()
}

fn check_file(text: &str, invariants: &BTreeSet<&str>) -> Result<usize> {
    let lines: Vec<&str> = text.lines().collect();
    for (line, number) in lines.iter().zip(1..) {
        let comment = line.split_once("//").map_or("", |(_, comment)| comment);
        if let Some(unknown) = cited(comment).find(|name| !invariants.contains(name)) {
            bail!("line {number}: docs/design.md has no {unknown}");
        }
    }
    let tokens: TokenStream = text.parse().map_err(|error| anyhow!("{error}"))?;
    let mut places = Vec::new();
    find_places(tokens, &mut places);
    for &place in &places {
        let reason = reason(&lines[..place - 1])
            .with_context(|| format!("line {place}: `unsafe` without a SAFETY comment above it"))?;
        if cited(&reason).next().is_none() {
            bail!("line {place}: its SAFETY comment names no invariant of docs/design.md");
        }
    }
    Ok(places.len())
}

/// The lines with an unsafe block or `impl`. Tokens, not a syntax tree: what a macro is made of is no more than that.
fn find_places(tokens: TokenStream, places: &mut Vec<usize>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "unsafe" => {
                let is_place = match tokens.peek() {
                    Some(TokenTree::Group(block)) => block.delimiter() == Delimiter::Brace,
                    Some(TokenTree::Ident(next)) => next == "impl",
                    _ => false,
                };
                if is_place {
                    places.push(word.span().start().line);
                }
            }
            TokenTree::Group(group) => find_places(group.stream(), places),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The SAFETY comment at the end of these lines; attributes may come between.
fn reason(above: &[&str]) -> Option<String> {
    let mut lines = above.iter().rev().map(|line| line.trim());
    let mut reason = Vec::new();
    for line in lines.by_ref().skip_while(|line| line.starts_with("#[")) {
        let comment = line.strip_prefix("//")?;
        reason.push(comment.trim());
        if comment.trim_start().starts_with("SAFETY:") {
            reason.reverse();
            return Some(reason.join(" "));
        }
    }
    None
}

/// The invariants that a comment names.
fn cited(comment: &str) -> impl Iterator<Item = &str> {
    let words = comment.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| {
        word.strip_prefix('I').is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<usize, String> {
        check_file(text, &BTreeSet::from(["I1", "I12"])).map_err(|error| error.to_string())
    }

    #[test]
    fn invariants_are_the_items_of_the_list() {
        let found = invariants("* **I1** Bit *i*.\n  more\n* **I12** x\n* **One** y\n");
        assert_eq!(found, BTreeSet::from(["I1", "I12"]));
    }

    #[test]
    fn a_place_with_its_reason_counts() {
        assert_eq!(check("fn f() {\n    // SAFETY: I1.\n    unsafe { g() }\n}\n"), Ok(1));
        assert_eq!(
            check("// SAFETY: long\n// reason (I12).\n#[cfg(x)]\nunsafe impl Send for A {}\n"),
            Ok(1)
        );
        assert_eq!(
            check(
                "fn f() { let a = \"unsafe { }\"; } // unsafe { }\n/// unsafe { }\nunsafe fn g() {}\n"
            ),
            Ok(0)
        );
    }

    #[test]
    fn a_place_in_a_macro_needs_a_reason_too() {
        let open = "macro_rules! m {\n    ($a:ident) => {\n";
        assert_eq!(
            check(&format!("{open}// SAFETY: I1.\nunsafe impl Send for $a {{}}\n}};\n}}\n")),
            Ok(1)
        );
        assert!(check(&format!("{open}unsafe impl Send for $a {{}}\n}};\n}}\n")).is_err());
    }

    #[test]
    fn a_reason_is_right_above_and_names_an_invariant() {
        let error = check("fn f() {\n    unsafe { g() }\n}\n").unwrap_err();
        assert!(error.contains("line 2: `unsafe` without"), "{error}");
        let error =
            check("fn f() {\n    // SAFETY: I1.\n    h();\n    unsafe { g() }\n}\n").unwrap_err();
        assert!(error.contains("line 4: `unsafe` without"), "{error}");
        let error = check("// SAFETY: because.\nunsafe impl Send for A {}\n").unwrap_err();
        assert!(error.contains("line 2: its SAFETY comment names no invariant"), "{error}");
    }

    #[test]
    fn an_invariant_that_there_is_not_is_an_error_in_any_comment() {
        let error = check("/// As I1 and I9 say.\nfn f() {}\n").unwrap_err();
        assert!(error.contains("line 1: docs/design.md has no I9"), "{error}");
    }
}
