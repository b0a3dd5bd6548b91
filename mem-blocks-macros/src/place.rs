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

/// What stands where a `macro_rules!` macro has a fragment.
#[cfg(test)]
pub(crate) fn fragment(tokens: TokenStream) -> TokenStream {
    TokenTree::Group(proc_macro2::Group::new(Delimiter::None, tokens)).into()
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Group, Span, TokenStream};

    use super::{Delimiter, TokenTree, ends, fragment};

    #[test]
    fn the_ends_of_a_fragment_are_those_of_its_words() {
        let columns = |tokens: &TokenStream| {
            let (first, last) = ends(tokens);
            (first.start().column, last.end().column)
        };
        let mut tokens: TokenStream = "  (aa) bb[cc]".parse().expect("the text should be tokens");
        for _ in 0..3 {
            assert_eq!(columns(&tokens), (2, 13));
            tokens = fragment(tokens);
        }
    }

    #[test]
    fn a_fragment_of_no_words_is_where_it_is() {
        let mut fragment = Group::new(Delimiter::None, TokenStream::new());
        let place: TokenStream = "     a".parse().expect("the text should be tokens");
        let place = place.into_iter().next().map_or_else(Span::call_site, |token| token.span());
        fragment.set_span(place);
        let (first, last) = ends(&TokenTree::Group(fragment).into());
        assert_eq!((first.start().column, last.end().column), (5, 6));
    }
}
