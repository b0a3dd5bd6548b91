//! The mistakes of `tests/ui`, without a compiler: the macros report each of them at the same place and in the same words
//! as there, and no others.
//!
//! Those tests want a compiler for each case, a minute for all. These want a second, so that whoever changes the macros,
//! or a tool that changes them in a thousand ways, sees at once what breaks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::{complete, parse};

/// A message, and the line and column where it is reported.
type Message = (usize, usize, String);

/// Beginnings of what the compiler reports by itself, without a number.
const OF_THE_COMPILER: [&str; 6] = [
    "associated `static` items are not allowed",
    "expected `{`, found `;`",
    "expected identifier, found reserved identifier",
    "missing type for `static` item",
    "static `",
    "static items may not have generic parameters",
];

/// Cases with attributes under another name or under a condition, and with what other macros pass on.
const NEED_A_COMPILER: [&str; 4] = [
    "attribute_is_written_once_by_another_name",
    "attribute_is_written_under_six_conditions_at_most",
    "errors_carry_the_cfg_of_their_item",
    "fragments_are_reported_at_their_words",
];

fn cases() -> Vec<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !repository.join("tests/Cargo.toml").exists() {
        println!("only this crate is here, and the cases are not in it");
        return Vec::new();
    }
    let files = fs::read_dir(repository.join("tests/ui")).expect("the folder of the cases");
    let files = files.map(|file| file.expect("the folder can be read").path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[test]
fn mistakes_are_reported_as_the_compiler_shows_them() {
    for case in cases() {
        let name = case.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        if NEED_A_COMPILER.contains(&name.as_str()) {
            continue;
        }
        let text = |extension| fs::read_to_string(case.with_extension(extension)).expect("a file");
        let reported = reported(text("rs").parse().expect("a case should be tokens"));
        assert_eq!(reported, shown(&text("stderr")), "{name}");
    }
}

/// What a compiler has shown, without what has a number: that is the compiler's own, or an evaluation.
fn shown(text: &str) -> BTreeSet<Message> {
    let mut lines = text.lines();
    let mut found = BTreeSet::new();
    while let Some(line) = lines.next() {
        let Some(message) = line.strip_prefix("error: ") else { continue };
        if OF_THE_COMPILER.iter().any(|start| message.starts_with(start)) {
            continue;
        }
        let mut message = message.to_owned();
        for line in lines.by_ref() {
            if let Some((_, place)) = line.split_once("--> ") {
                let mut numbers = place.rsplit(':').map(|number| number.parse().expect("a number"));
                let (column, line) = (numbers.next(), numbers.next());
                found.insert((line.expect("a line"), column.expect("a column"), message));
                break;
            }
            message.push('\n');
            message.push_str(line.trim_start());
        }
    }
    found
}

/// What the macros report in a file.
fn reported(file: TokenStream) -> BTreeSet<Message> {
    let mut found = BTreeSet::new();
    walk(file, &mut found);
    found
}

fn walk(tokens: TokenStream, found: &mut BTreeSet<Message>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.to_string() == text);
    // Where the item began that is being read.
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group)
                if at >= 2 && is(at - 1, "!") && is(at - 2, "define_mem_blocks") =>
            {
                errors(complete::items(parse::items(group.stream())), found);
                start = at + 1;
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                item(&tokens[start..=at], found);
                walk(group.stream(), found);
                start = at + 1;
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                item(&tokens[start..=at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// An item with its attributes, of which one may be `#[mem_blocks]`.
fn item(tokens: &[TokenTree], found: &mut BTreeSet<Message>) {
    let mut at = 0;
    while let [TokenTree::Punct(mark), TokenTree::Group(attribute), ..] = &tokens[at..] {
        if mark.as_char() != '#' {
            return;
        }
        if let Some(options) = options(attribute.stream()) {
            let rest = tokens[..at].iter().chain(&tokens[at + 2..]).cloned().collect();
            errors(complete::items(parse::attribute(options, rest)), found);
            return;
        }
        at += 2;
    }
}

/// Those in `mem_blocks(options)`, by whatever path.
fn options(attribute: TokenStream) -> Option<TokenStream> {
    let tokens: Vec<_> = attribute.into_iter().collect();
    let end = tokens.iter().position(|token| matches!(token, TokenTree::Group(_)));
    let path = &tokens[..end.unwrap_or(tokens.len())];
    if path.last()?.to_string() != "mem_blocks" {
        return None;
    }
    match end.map(|end| &tokens[end]) {
        Some(TokenTree::Group(group)) => Some(group.stream()),
        _ => Some(TokenStream::new()),
    }
}

/// Each `::core::compile_error!` in what a macro has written.
fn errors(tokens: TokenStream, found: &mut BTreeSet<Message>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let is_error = at >= 2 && tokens[at - 2].to_string() == "compile_error";
        if !is_error {
            errors(group.stream(), found);
            continue;
        }
        // `::core::compile_error!`: the path begins five tokens before its name.
        let start = tokens[at - 7].span().start();
        let text: syn::LitStr = syn::parse2(group.stream()).expect("a message is a string");
        found.insert((start.line, start.column + 1, text.value()));
    }
}
