//! The rules about the type, as far as words go.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Lit, Token};

use super::value::{is_no_usize_anywhere, is_usize};
use crate::diagnostics::Mistakes;
use crate::model::Definition;
use crate::scan;
use crate::written::written;

/// Refuses types of which the compiler says more than once, or at a wrong place, that they are no
/// `MemBlocks`. All others are left to it. Gives whether the type can be right.
///
/// What is refused is forgotten, save for a reference: no static can be of such a type, or it would
/// not have the methods of an allocator, and uses of the name would be errors.
pub(super) fn can_be_right(definition: &mut Definition, mistakes: &mut Mistakes) -> bool {
    let ty = &definition.item.ty;
    let is_reference = matches!(
        ty.clone().into_iter().next(),
        Some(TokenTree::Punct(punct)) if punct.as_char() == '&'
    );
    if ty.is_empty() {
        return false;
    }
    if !is_a_path(ty) {
        let found = written(ty);
        mistakes.report(
            ty,
            format!("the type of an allocator must be a `MemBlocks` itself, found `{found}`"),
        );
    } else if let Some(placeholder) = find(ty, &is_placeholder) {
        let message = "the type of an allocator must be written in full, found `_`";
        mistakes.report(&placeholder, message);
    } else if let Some(number) = number_of_another_kind(ty) {
        let found = written(&number);
        mistakes
            .report(&number, format!("the number of blocks must be a `usize`, found `{found}`"));
    } else if let Some(number) = find(ty, &is_no_usize_anywhere) {
        mistakes.report(
            &number,
            format!("a number in the type must be a `usize`, found `{number}`, which is larger"),
        );
    } else {
        return true;
    }
    if !is_reference {
        definition.item.ty = TokenStream::new();
    }
    false
}

/// Whether it begins like a path; `MemBlocks` has no other form.
fn is_a_path(ty: &TokenStream) -> bool {
    let mut tokens = ty.clone().into_iter();
    match tokens.next() {
        Some(TokenTree::Ident(word)) => {
            let keywords = ["_", "dyn", "extern", "fn", "for", "impl", "unsafe"];
            !keywords.iter().any(|keyword| word == keyword)
        }
        Some(TokenTree::Punct(punct)) => "<:".contains(punct.as_char()),
        Some(TokenTree::Group(group)) => match group.delimiter() {
            Delimiter::None => is_a_path(&group.stream()),
            Delimiter::Parenthesis => is_a_path(&group.stream()) && !is_tuple(&group),
            Delimiter::Brace | Delimiter::Bracket => false,
        },
        Some(TokenTree::Literal(_)) | None => false,
    }
}

fn is_tuple(group: &Group) -> bool {
    let list = |input: ParseStream<'_>| {
        scan::take_type(input);
        let is_list = input.peek(Token![,]);
        input.parse::<TokenStream>().map(|_| is_list)
    };
    list.parse2(group.stream()).unwrap_or_default()
}

/// The first token of a type that is as described. Code in braces is no part of the type.
fn find(ty: &TokenStream, is_it: &impl Fn(&TokenTree) -> bool) -> Option<TokenTree> {
    ty.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => None,
        TokenTree::Group(group) => find(&group.stream(), is_it),
        token => is_it(&token).then_some(token),
    })
}

/// The number of blocks, if it is a literal of another type.
fn number_of_another_kind(ty: &TokenStream) -> Option<TokenStream> {
    let [_, number] = scan::arguments(ty)?;
    let literal = syn::parse2::<Lit>(number.clone()).ok()?;
    (!is_usize(&literal)).then_some(number)
}

fn is_placeholder(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word == "_")
}
