//! Whether the tokens of a type can be read as one, where no compiler has read them before: handed on,
//! those that cannot would be the end of everything that the macro gives back.
//!
//! What is inside of expressions, and of the arguments of macros, is not looked at.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Type;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};

use crate::scan;

/// What is wrong with a type.
pub(super) enum Flaw {
    /// It ends too early.
    Unfinished,
    At(syn::Error),
}

/// What is wrong with it, if anything is.
pub(super) fn flaw(ty: &TokenStream) -> Option<Flaw> {
    read.parse2(outline(ty)).unwrap_or_else(|error| Some(Flaw::At(error)))
}

fn read(input: ParseStream<'_>) -> syn::Result<Option<Flaw>> {
    let fork = input.fork();
    let result = fork.parse::<Type>();
    // What `syn` says where the tokens end too early has no place.
    let flaw = result.is_err().then_some(Flaw::Unfinished).filter(|_| fork.is_empty());
    if flaw.is_none() {
        result?;
        input.advance_to(&fork);
    } else {
        input.parse::<TokenStream>()?;
    }
    Ok(flaw)
}

/// The type with the simplest of expressions in place of those that were written.
fn outline(ty: &TokenStream) -> TokenStream {
    let outline = |token| match token {
        TokenTree::Group(group) => group_outline(&group),
        token => token,
    };
    ty.clone().into_iter().map(outline).collect()
}

fn group_outline(group: &Group) -> TokenTree {
    let span = group.span();
    let content = match group.delimiter() {
        // A fragment, whatever it is.
        Delimiter::None => return TokenTree::Ident(Ident::new("T", span)),
        Delimiter::Brace => quote_spanned!(span=> 0),
        Delimiter::Parenthesis => outline(&group.stream()),
        Delimiter::Bracket => match scan::array(&group.stream()) {
            (element, Some(_)) => {
                let element = outline(&element);
                quote_spanned!(span=> #element; 0)
            }
            (element, None) => outline(&element),
        },
    };
    let mut outline = Group::new(group.delimiter(), content);
    outline.set_span(span);
    TokenTree::Group(outline)
}

#[cfg(test)]
mod tests {
    use super::{Flaw, flaw};

    fn is_read(ty: &str) -> bool {
        flaw(&ty.parse().expect("the text should be tokens")).is_none()
    }

    #[test]
    fn types_are_read_whatever_expressions_are_in_them() {
        for ty in [
            "MemBlocks<[u8; 64], 4>",
            "MemBlocks<[u8; 4 + matches!(MODE, Mode::Fast(_)) as usize], { 2 * N }>",
            "MemBlocks<[u8; if let Some(_) = OPT { 4 } else { 8 }], N>",
            "MemBlocks<[[u8; f(|_| 4)]; a < b], a::N,>",
            "MemBlocks<Tag<-1>, { if a < b { 4 } else { 8 } }>",
            "MemBlocks<fn(&'static [u8; A >> 1]) -> Option<u8>, 4>",
            "MemBlocks<Box<dyn Iterator<Item = u8> + Send>, 4>",
            "<Board as Memory<{ A }>>::Pool",
            "::a::r#type<'static>",
            "pool!(_, a b c)",
            "pool![a; b c]",
            "pool!{a}",
            // Nonsense is left to the compiler.
            "MemBlocks<[u8; 4 4], { 4 4 }>",
            "(MemBlocks<u8, 4>)",
            "&'static [MemBlocks<u8, 4>]",
        ] {
            assert!(is_read(ty), "{ty}");
        }
    }

    #[test]
    fn other_tokens_are_not() {
        for ty in [
            "MemBlocks<[u8; 4] 8>",
            "MemBlocks<[u8; 4], N * 2>",
            "MemBlocks<u8, !0>",
            "MemBlocks<u8, size_of::<u8>()>",
            "MemBlocks<u8, 1 << 3>",
            "MemBlocks[u8; 4]",
            "Mem Blocks<u8, 4>",
            "MemBlocks<[u8: 64], 4>",
            "mut MemBlocks<u8, 4>",
            "MemBlocks<u8, 4>.x",
            "MemBlocks!",
            "(MemBlocks<u8 4>)",
            "[MemBlocks<u8 4>]",
            "[MemBlocks<u8 4>; 4]",
        ] {
            assert!(!is_read(ty), "{ty}");
        }
    }

    #[test]
    fn a_type_that_ends_too_early_is_unfinished() {
        for ty in ["MemBlocks<[u8; 64]", "MemBlocks<[u8; 64],", "MemBlocks<u8, 4", "::"] {
            let flaw = flaw(&ty.parse().expect("the text should be tokens"));
            assert!(matches!(flaw, Some(Flaw::Unfinished)), "{ty}");
        }
    }
}
