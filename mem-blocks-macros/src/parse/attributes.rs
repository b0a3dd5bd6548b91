//! The attributes of an item: its own `#[mem_blocks(..)]`, and the others.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Meta, Token, token};

use super::{Door, settings};
use crate::diagnostics::Mistakes;
use crate::model::Setting;
use crate::scan;

/// Takes the attributes of an item.
pub(super) fn take(input: ParseStream<'_>) -> Vec<TokenStream> {
    let mut attrs = Vec::new();
    while input.peek(Token![#]) && input.peek2(token::Bracket) {
        attrs.push([scan::take(input), scan::take(input)].into_iter().flatten().collect());
    }
    attrs
}

/// Reads attributes one by one, so that one that `syn` cannot read costs no more than itself.
pub(super) fn read(attrs: Vec<TokenStream>, mistakes: &mut Mistakes) -> Vec<Attribute> {
    let mut read = Vec::new();
    for attr in attrs {
        match Attribute::parse_outer.parse2(attr) {
            Ok(attr) => read.extend(attr),
            Err(error) => mistakes.adopt(error),
        }
    }
    read
}

/// Takes `#[mem_blocks]` out of the attributes and reads its options.
pub(super) fn take_own(
    attrs: &mut Vec<Attribute>,
    door: Door,
    settings: &mut Vec<Setting>,
    mistakes: &mut Mistakes,
) {
    let mut seen = door == Door::Attribute;
    attrs.retain(|attr| {
        if attr.path().segments.last().is_none_or(|segment| segment.ident != "mem_blocks") {
            return true;
        }
        match &attr.meta {
            _ if seen => {
                let message = "second `#[mem_blocks]` on one item; write all options in the first";
                mistakes.report(attr.path(), message);
            }
            Meta::Path(_) => {}
            Meta::List(list) => {
                settings.extend(settings::read(list.tokens.clone(), false, mistakes));
            }
            Meta::NameValue(pair) => {
                let message = "unexpected `=`; options are written `#[mem_blocks(..)]`";
                mistakes.report(&pair.eq_token, message);
            }
        }
        seen = true;
        false
    });
}

/// The attributes that decide whether the item is there at all.
pub(super) fn conditions(attrs: &[Attribute]) -> TokenStream {
    let decides = |attr: &&Attribute| {
        attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") && mentions(attr, "cfg")
    };
    attrs.iter().filter(decides).map(ToTokens::to_token_stream).collect()
}

fn mentions(attr: &Attribute, word: &str) -> bool {
    let is_word = |token| matches!(token, TokenTree::Ident(ident) if ident == word);
    matches!(&attr.meta, Meta::List(list) if list.tokens.clone().into_iter().any(is_word))
}
