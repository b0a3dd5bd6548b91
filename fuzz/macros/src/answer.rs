//! What is demanded of an answer of the macros.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt as _;

use crate::complete;
use crate::input::{Input, parses};
use crate::parse::{self, Parsed};

/// What the macros said of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is no mistake in it that they could see.
    Accepted,
    /// They gave back at least one error.
    Refused,
}

/// Calls the macro and judges the answer.
///
/// # Panics
///
/// If the macro panics, or the answer is not what it must be: each item by itself an error, or a static that can be
/// read, of the name that was written, or both; and a definition behind all of it is completed.
#[must_use]
pub fn judge(input: &Input) -> Verdict {
    let read = || match &input.options {
        Some(options) => parse::attribute(options.clone(), input.items.clone()),
        None => parse::items(input.items.clone()),
    };
    let user = Braces::of(&[input.options.clone().unwrap_or_default(), input.items.clone()]);
    // What the compiler does not take for an item, it does not hand to an attribute.
    let can_come_in = input.options.is_none() || parses::<syn_full::Item>(&input.items);
    let mut verdict = Verdict::Accepted;
    for parsed in read() {
        let expected = Expected::of(&parsed, input.options.is_some());
        let answer = complete::items(vec![parsed]);
        let is_refused = mentions(&answer, "compile_error");
        if is_refused {
            verdict = Verdict::Refused;
        }
        if can_come_in {
            expected.check(&answer, is_refused, &user);
        }
    }
    // Of what is too deep, the macros read nothing.
    if input.options.is_none() && input.depth < 128 {
        a_definition_behind_it_is_completed(&input.items);
    }
    verdict
}

/// What an item must become.
enum Expected {
    /// A static of that name.
    Static(Ident),
    /// An error, beside whatever of it is passed on.
    Error,
    /// What the compiler has refused before, and passed on all the same.
    Anything,
}

impl Expected {
    fn of(parsed: &Parsed, is_attribute: bool) -> Self {
        match parsed {
            Parsed::Definition(definition, _) if is_attribute && definition.item.ty.is_empty() => {
                Self::Anything
            }
            Parsed::Definition(definition, _) => Self::Static(definition.item.name.clone()),
            // A statement: no attribute can stand there, and the compiler has said so.
            Parsed::Foreign(_, _, mistakes) if is_attribute && mistakes.is_empty() => {
                Self::Anything
            }
            Parsed::Foreign(..) => Self::Error,
        }
    }

    fn check(&self, answer: &TokenStream, is_refused: bool, user: &Braces) {
        match self {
            Self::Static(name) => {
                let outline = user.outline(answer);
                let file = syn_full::parse2::<syn_full::File>(outline.clone())
                    .unwrap_or_else(|error| panic!("{error} in\n{outline}\nof\n{answer}"));
                let [syn_full::Item::Static(item)] = &file.items[..] else {
                    panic!("not one static:\n{answer}")
                };
                assert_eq!(item.ident.unraw(), name.unraw(), "another name:\n{answer}");
            }
            Self::Error => assert!(is_refused, "no error:\n{answer}"),
            Self::Anything => {}
        }
    }
}

/// Whatever stands before it.
fn a_definition_behind_it_is_completed(items: &TokenStream) {
    let good = quote!(; static __FUZZ_GOOD: MemBlocks<u8, 4>;);
    let answer = complete::items(parse::items([items.clone(), good].into_iter().collect()));
    let mut tokens = answer.into_iter().peekable();
    let mut is_there = false;
    while let Some(token) = tokens.next() {
        let is_name = matches!(token, TokenTree::Ident(word) if word == "__FUZZ_GOOD");
        let is_colon =
            matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        is_there |= is_name && is_colon;
    }
    assert!(is_there, "the definition behind it is lost");
}

fn mentions(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(&group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// The user's braces and brackets, as text. The macros do not look at the expressions in them, and hand on what no
/// compiler can read.
struct Braces(BTreeSet<String>);

impl Braces {
    fn of(streams: &[TokenStream]) -> Self {
        let mut all = Self(BTreeSet::new());
        for stream in streams {
            all.add(stream);
        }
        all
    }

    fn add(&mut self, stream: &TokenStream) {
        for token in stream.clone() {
            if let TokenTree::Group(group) = token {
                self.0.insert(group.to_string());
                self.add(&group.stream());
            }
        }
    }

    fn has(&self, group: &Group) -> bool {
        self.0.contains(&group.to_string())
    }

    /// The answer with the simplest of expressions in place of the user's.
    fn outline(&self, answer: &TokenStream) -> TokenStream {
        let mut outline = TokenStream::new();
        let mut tokens = answer.clone().into_iter().peekable();
        let mut is_after_operand = false;
        while let Some(token) = tokens.next() {
            let is_value = matches!(&token, TokenTree::Ident(word)
                if word == "__MEM_BLOCKS_ALIGN" || word == "__MEM_BLOCKS_ADDRESS")
                && matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
            let is_sign = !is_after_operand
                && matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '-')
                && matches!(tokens.peek(), Some(TokenTree::Literal(_)));
            is_after_operand = !matches!(&token, TokenTree::Punct(_));
            match token {
                // The sign of a number.
                _ if is_sign => {}
                // A visibility; any other fragment that is not a type, the compiler says so.
                TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                    let is_visibility =
                        matches!(tokens.peek(), Some(TokenTree::Ident(word)) if word == "static");
                    let ty = TokenTree::Ident(Ident::new("T", Span::call_site()));
                    outline.extend([if is_visibility { TokenTree::Group(group) } else { ty }]);
                }
                TokenTree::Group(group) => outline.extend([self.group_outline(&group)]),
                token => outline.extend([token]),
            }
            if is_value {
                let is = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
                let ty: TokenStream = tokens.by_ref().take_while(|token| !is(token, '=')).collect();
                let _ = tokens.by_ref().find(|token| is(token, ';'));
                outline.extend(quote!(#ty = 0;));
            }
        }
        outline
    }

    fn group_outline(&self, group: &Group) -> TokenTree {
        let stream = group.stream();
        let content = match group.delimiter() {
            Delimiter::Brace if self.has(group) => quote!(0),
            Delimiter::Bracket if self.has(group) => {
                let is_end = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
                let mut tokens = stream.into_iter();
                let element: TokenStream = tokens.by_ref().take_while(|t| !is_end(t)).collect();
                let element = self.outline(&element);
                if tokens.next().is_some() { quote!(#element; 0) } else { element }
            }
            _ => self.outline(&stream),
        };
        TokenTree::Group(Group::new(group.delimiter(), content))
    }
}
