//! Mistakes: collecting them, the wording that several rules share, and the item that carries them.

use std::fmt::Display;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::ParseStream;

use crate::model::{Item, Name};
use crate::place::ends;
use crate::scan;

/// The mistakes found so far, in the order of their discovery.
#[derive(Clone, Default)]
pub(crate) struct Mistakes(Vec<syn::Error>);

impl Mistakes {
    /// Reports a mistake at the given tokens, which must be the user's own.
    pub(crate) fn report(&mut self, at: &impl ToTokens, message: impl Display) {
        let (first, last) = ends(&at.to_token_stream());
        // `syn` goes from the first token to the last.
        let [first, last] = [first, last].map(|place| quote_spanned!(place=> .));
        self.0.push(syn::Error::new_spanned(quote!(#first #last), message));
    }

    /// Reports a mistake at a single token.
    pub(crate) fn report_at(&mut self, at: Span, message: impl Display) {
        self.0.push(syn::Error::new(at, message));
    }

    /// Reports a mistake at the next token of the input, or at `end` where there is none.
    pub(crate) fn report_next(&mut self, input: ParseStream<'_>, end: Span, message: impl Display) {
        match next(input) {
            Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::None => {
                self.report_at(group.span_open(), message);
            }
            Some(token) => self.report(&token, message),
            None => self.report_at(end, message),
        }
    }

    /// Takes over what a parser of `syn` has to say.
    pub(crate) fn adopt(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mistakes as items.
    pub(crate) fn into_items(self) -> impl Iterator<Item = TokenStream> {
        self.0.into_iter().map(syn::Error::into_compile_error)
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

/// The item after mistakes: of the name, visibility and type that were written, so that a use of it
/// is no error.
///
/// The mistakes stand where the value would, after what the compiler can judge all the same, so that
/// its errors are there in one go. So they share the item's `cfg`s, and the compiler gives up on the
/// value without another word. Where no type was written, a mistake stands in the length of an array
/// in its place, which makes every use of the item silent, whatever it does; or nothing, if it was the
/// compiler that found the type missing.
pub(crate) fn fallback(
    item: &Item,
    judgement: Option<&TokenStream>,
    mistakes: Mistakes,
) -> TokenStream {
    let Item { attrs, vis, keyword, name, colon, ty, semicolon } = item;
    let site = Span::mixed_site();
    let keyword = quote_spanned!(*keyword=> static);
    let mut mistakes: Vec<_> = mistakes.into_items().collect();
    let last = mistakes.pop();
    let (colon_and_type, value) = match last {
        Some(last) if ty.is_empty() => {
            (quote_spanned!(site=> : [(); #last]), quote_spanned!(site=> []))
        }
        Some(last) => {
            let ty = scan::brace_number(ty);
            (quote!(#colon #ty), quote_spanned!(site=> (#last)))
        }
        None => (TokenStream::new(), quote_spanned!(site=> loop {})),
    };
    quote_spanned! {site=>
        #(#attrs)*
        #vis #keyword #name #colon_and_type = {
            #judgement
            #(let _ = #mistakes;)*
            #value
        } #semicolon
    }
}

/// Mistakes beside what could be made out of the input, under the conditions that were written on
/// it.
pub(crate) fn beside(
    conditions: &TokenStream,
    rest: TokenStream,
    mistakes: Mistakes,
) -> TokenStream {
    let mistakes = mistakes.into_items().map(|mistake| quote!(#conditions #mistake));
    mistakes.chain([rest]).collect()
}

/// The next token.
pub(crate) fn next(input: ParseStream<'_>) -> Option<TokenTree> {
    input.cursor().token_tree().map(|(next, _)| next)
}

/// What comes next, for a message.
pub(crate) fn found(input: ParseStream<'_>) -> String {
    match next(input) {
        None => String::from("nothing"),
        Some(TokenTree::Group(group)) => match group.delimiter() {
            Delimiter::Parenthesis => String::from("`(`"),
            Delimiter::Brace => String::from("`{`"),
            Delimiter::Bracket => String::from("`[`"),
            Delimiter::None => format!("`{group}`"),
        },
        Some(token) => format!("`{token}`"),
    }
}

/// The end of a message about an option that does not exist: the nearest one, then all.
pub(crate) fn expected_options(written: &str) -> String {
    let all = Name::ALL.map(|name| format!("`{}`", name.short())).join(", ");
    nearest(written).map_or_else(
        || format!("expected one of {all}"),
        |name| format!("did you mean `{}`? expected one of {all}", name.usage()),
    )
}

/// The option that was most likely meant.
fn nearest(written: &str) -> Option<Name> {
    let contained = |name: &Name| {
        written.len() >= 3 && (written.contains(name.word()) || name.word().starts_with(written))
    };
    Name::ALL.into_iter().find(contained).or_else(|| {
        Name::ALL
            .into_iter()
            .map(|name| (edit_distance(written, name.word()), name))
            .filter(|(distance, _)| distance.saturating_mul(2) <= written.len())
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, name)| name)
    })
}

/// The number of characters to insert, remove or replace that lead from one word to the other.
fn edit_distance(from: &str, to: &str) -> usize {
    let first: Vec<usize> = (0..=to.chars().count()).collect();
    let last = from.chars().zip(1..).fold(first, |above, (from_char, row)| {
        let mut left = row;
        let diagonals = above.iter().zip(above.iter().skip(1)).zip(to.chars());
        let rest = diagonals.map(|((diagonal, above), to_char)| {
            let replaced = diagonal + usize::from(from_char != to_char);
            left = replaced.min(above + 1).min(left + 1);
            left
        });
        std::iter::once(row).chain(rest).collect()
    });
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Span, TokenStream};
    use syn::parse::{ParseStream, Parser as _};

    use super::{Mistakes, edit_distance, nearest};
    use crate::model::Name;
    use crate::place::fragment;

    #[test]
    fn brackets_are_reported_at_their_beginning_and_fragments_whole() {
        // Its first and its last column.
        let place = |tokens: TokenStream| {
            let parser = |input: ParseStream<'_>| {
                let mut mistakes = Mistakes::default();
                mistakes.report_next(input, Span::call_site(), "");
                input.parse::<TokenStream>()?;
                Ok(mistakes.0.first().map(syn::Error::span))
            };
            let span = parser.parse2(tokens).expect("all is read").expect("it is reported");
            (span.start().column, span.end().column)
        };
        let tokens = |text: &str| text.parse::<TokenStream>().expect("the text should be tokens");
        assert_eq!(place(tokens("  (aa bb) cc")), (2, 3));
        assert_eq!(place(tokens("  aa bb")), (2, 4));
        assert_eq!(place(fragment(tokens("  aa bb"))), (2, 7));
    }

    #[test]
    fn the_nearest_option_is_found() {
        for (word, name) in [
            ("algin", Some(Name::Align)),
            ("alignment", Some(Name::Align)),
            ("link_section", Some(Name::Section)),
            ("sections", Some(Name::Section)),
            ("addr", Some(Name::Address)),
            ("unint", Some(Name::Uninit)),
            ("buf", Some(Name::Buffer)),
            ("listen", Some(Name::Listener)),
            ("listner", Some(Name::Listener)),
            ("colour", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word), name, "{word}");
        }
    }

    #[test]
    fn edit_distance_counts_characters() {
        for (from, to, distance) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("é", "e", 1)]
        {
            assert_eq!(edit_distance(from, to), distance, "{from} {to}");
        }
    }
}
