//! Where tokens are: at words of a file, not at the invisible groups that the fragments of a
//! `macro_rules!` macro come in, whose place is the macro's.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// The places of the first and of the last token.
pub(crate) fn ends(tokens: &TokenStream) -> (Span, Span) {
    let first = tokens.clone().into_iter().next().map_or_else(Span::mixed_site, first);
    let last = tokens.clone().into_iter().last().map_or_else(Span::mixed_site, last);
    (first, last)
}

fn first(token: TokenTree) -> Span {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().next().map_or_else(|| group.span(), first)
        }
        TokenTree::Group(group) => group.span_open(),
        token => token.span(),
    }
}

fn last(token: TokenTree) -> Span {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().last().map_or_else(|| group.span(), last)
        }
        TokenTree::Group(group) => group.span_close(),
        token => token.span(),
    }
}
