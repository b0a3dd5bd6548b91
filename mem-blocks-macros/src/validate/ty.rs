//! The rules about the type, as far as words go.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Lit, Token};

use super::value::{is_too_large, is_usize};
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
    } else if let Some(placeholder) = placeholder(ty) {
        let message = "the type of an allocator must be written in full, found `_`";
        mistakes.report(&placeholder, message);
    } else if let Some((what, number)) = counts(ty).into_iter().find(|(_, count)| is_wrong(count)) {
        let found = written(&number);
        let larger = if is_usize(&number) { ", which is larger" } else { "" };
        mistakes.report(&number, format!("{what} must be a `usize`, found `{found}`{larger}"));
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

/// The first `_` in the place of a type or of a number.
fn placeholder(ty: &TokenStream) -> Option<TokenTree> {
    let mut found = None;
    for_each_part(ty, &mut |part| match part {
        Part::Word(word) if word == "_" => {
            found.get_or_insert(TokenTree::Ident(word));
        }
        Part::Length(length) => {
            let mut length = length.into_iter();
            match (length.next(), length.next()) {
                (Some(TokenTree::Ident(word)), None) if word == "_" => {
                    found.get_or_insert(TokenTree::Ident(word));
                }
                _ => {}
            }
        }
        Part::Word(_) => {}
    });
    found
}

/// What has to be a `usize`: the number of blocks, and the lengths of arrays.
fn counts(ty: &TokenStream) -> Vec<(&'static str, TokenStream)> {
    let mut counts = Vec::new();
    counts.extend(scan::arguments(ty).map(|[_, number]| ("the number of blocks", number)));
    for_each_part(ty, &mut |part| {
        if let Part::Length(length) = part {
            counts.push(("the length of an array", length));
        }
    });
    counts
}

/// Whether it is a literal of another type, or too large. Of the latter the compiler would make
/// another number, and judge that first.
fn is_wrong(count: &TokenStream) -> bool {
    let is_literal = syn::parse2::<Lit>(count.clone()).is_ok();
    is_literal && (!is_usize(count) || is_too_large(count))
}

/// A part of a type outside of expressions and of the arguments of macros.
enum Part {
    Word(Ident),
    /// The length of an array.
    Length(TokenStream),
}

fn for_each_part(ty: &TokenStream, visit: &mut impl FnMut(Part)) {
    let mut is_argument = false;
    for token in ty.clone() {
        match &token {
            TokenTree::Group(group) if is_argument || group.delimiter() == Delimiter::Brace => {}
            // No length where it is no array.
            TokenTree::Group(group) => {
                let (element, length) = scan::array(&group.stream());
                for_each_part(&element, visit);
                if let Some(length) = length {
                    visit(Part::Length(length));
                }
            }
            TokenTree::Ident(word) => visit(Part::Word(word.clone())),
            TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
        is_argument = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '!');
    }
}
