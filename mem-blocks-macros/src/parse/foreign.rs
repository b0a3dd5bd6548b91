//! What is no definition: said once, and where it is an item, passed on.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Token;
use syn::parse::ParseStream;

use super::Door;
use crate::diagnostics::{self, Mistakes};
use crate::place::ends;
use crate::scan;

/// Reports what does not even begin with a word, and takes it; or that there is nothing, behind the tokens `before`.
pub(super) fn report_no_item(
    input: ParseStream<'_>,
    before: &TokenStream,
    mistakes: &mut Mistakes,
) {
    let message = format!("expected `static NAME: TYPE;`, found {}", diagnostics::found(input));
    let (_, end) = ends(before);
    mistakes.report_next(input, end, message);
    scan::take_item(input);
}

/// Reports an item that begins with this word.
pub(super) fn report(keyword: &Ident, door: Door, mistakes: &mut Mistakes) {
    let message = match door {
        _ if !begins(keyword) => format!("expected `static NAME: TYPE;`, found `{keyword}`"),
        Door::Attribute => format!("`#[mem_blocks]` goes on a `static`, found `{keyword}`"),
        Door::Define => {
            format!("`define_mem_blocks!` holds `static` items, found `{keyword}`; move it out")
        }
    };
    mistakes.report(keyword, message);
}

/// Takes the rest of it.
pub(super) fn take(input: ParseStream<'_>, keyword: &Ident) -> TokenStream {
    let has_body =
        input.peek(Token![fn]) || input.peek(Token![unsafe]) || input.peek(Token![extern]);
    if keyword == "use" || keyword == "type" || keyword == "let" || keyword == "const" && !has_body
    {
        let mut rest = scan::take_to_end(input);
        if let Ok(semicolon) = input.parse::<Token![;]>() {
            semicolon.to_tokens(&mut rest);
        }
        rest
    } else {
        scan::take_item(input)
    }
}

/// Whether an item ends as one does.
pub(super) fn is_whole(rest: &TokenStream) -> bool {
    match rest.clone().into_iter().last() {
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        _ => false,
    }
}

/// Words that begin an item which can be passed on.
pub(super) fn begins(word: &Ident) -> bool {
    [
        "async",
        "const",
        "enum",
        "extern",
        "fn",
        "impl",
        "macro_rules",
        "mod",
        "struct",
        "trait",
        "type",
        "union",
        "unsafe",
        "use",
    ]
    .iter()
    .any(|known| word == known)
}

/// Takes what can belong to no item, up to and with a semicolon or braces.
pub(super) fn skip_to_item(input: ParseStream<'_>) {
    let is_item = |word: &Ident| word == "static" || word == "pub" || word == "let" || begins(word);
    while !input.peek(Token![#]) {
        match diagnostics::next(input) {
            Some(TokenTree::Ident(word)) if is_item(&word) => return,
            _ => {}
        }
        match scan::take(input) {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => return,
            Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => return,
            Some(_) => {}
            None => return,
        }
    }
}
