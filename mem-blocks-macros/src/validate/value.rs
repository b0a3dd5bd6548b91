//! The rules about the values of options, as far as words go.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::{Lit, LitInt, LitStr, Path};

use crate::diagnostics::Mistakes;
use crate::model::{Name, Setting};
use crate::written::written;

/// The largest alignment that the compiler accepts.
const MAX_ALIGN: u128 = 1 << 29;

/// Gives the value; no tokens for an option that takes none.
pub(super) fn value_exactly_if_needed(
    name: Name,
    setting: Setting,
    mistakes: &mut Mistakes,
) -> Option<TokenStream> {
    let word = name.word();
    match setting.value {
        // Said with the option: the `unsafe` belongs around all of it.
        Some(value) if !setting.is_unsafe && name.danger().is_some() && is_in_unsafe(&value) => {
            None
        }
        Some(value) if !name.takes_value() => {
            mistakes
                .report(&value, format!("`{word}` takes no value; remove `= {}`", written(&value)));
            None
        }
        // Said with the option, as it is to be written.
        None if name.danger().is_some() && !setting.is_unsafe => None,
        None if name.takes_value() => {
            mistakes
                .report(&setting.name, format!("`{word}` needs a value; write `{}`", name.usage()));
            None
        }
        value => Some(value.unwrap_or_default()),
    }
}

/// Whether it is `unsafe(..)`.
fn is_in_unsafe(value: &TokenStream) -> bool {
    let mut tokens = value.clone().into_iter();
    matches!(
        (tokens.next(), tokens.next(), tokens.next()),
        (Some(TokenTree::Ident(word)), Some(TokenTree::Group(group)), None)
            if word == "unsafe" && group.delimiter() == Delimiter::Parenthesis
    )
}

/// Judges a literal, with or without a sign; anything else is left to the compiler.
pub(super) fn legal_number(
    name: Name,
    value: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<TokenStream> {
    if syn::parse2::<Lit>(value.clone()).is_err() {
        return Some(value);
    }
    let word = name.word();
    let found = written(&value);
    // Of an alignment, another rule says how large it may be.
    let is_too_large = name == Name::Address && is_usize(&value) && is_too_large(&value);
    if is_usize(&value) && !is_too_large {
        return Some(value);
    }
    let larger = if is_too_large { ", which is larger" } else { "" };
    mistakes.report(&value, format!("`{word}` must be a `usize`, found `{found}`{larger}"));
    None
}

/// Judges an integer literal; anything else is left to the generated code.
pub(super) fn legal_alignment(value: TokenStream, mistakes: &mut Mistakes) -> Option<TokenStream> {
    let literal = syn::parse2::<LitInt>(value.clone()).ok();
    // A literal beyond u128 is beyond every limit as well.
    match literal.map(|literal| literal.base10_parse::<u128>().unwrap_or(u128::MAX)) {
        Some(align) if align != u128::MAX && !align.is_power_of_two() => {
            mistakes.report(
                &value,
                format!("`align` must be a power of two, found `{}`", written(&value)),
            );
            None
        }
        Some(align) if align > MAX_ALIGN => {
            mistakes.report(
                &value,
                format!("`align` must be at most {MAX_ALIGN} (2^29), found `{}`", written(&value)),
            );
            None
        }
        _ => Some(value),
    }
}

pub(super) fn legal_section(value: &TokenStream, mistakes: &mut Mistakes) -> Option<LitStr> {
    let Ok(section) = syn::parse2::<LitStr>(value.clone()) else {
        mistakes.report(
            value,
            format!("`section` must be a string literal, found `{}`", written(value)),
        );
        return None;
    };
    if !section.suffix().is_empty() {
        let message = format!("`section` takes no suffix; remove `{}`", section.suffix());
        mistakes.report(value, message);
        return None;
    }
    if section.value().is_empty() {
        let message = "`section` must not be empty, found `\"\"`; \
            write the name that the linker script uses, such as `\".sram2\"`";
        mistakes.report(value, message);
        return None;
    }
    if section.value().contains('\0') {
        mistakes.report(
            value,
            format!("`section` must not contain a NUL character, found `{}`", written(value)),
        );
        return None;
    }
    Some(section)
}

pub(super) fn legal_path(name: Name, value: &TokenStream, mistakes: &mut Mistakes) -> Option<Path> {
    let path = Path::parse_mod_style.parse2(value.clone()).ok();
    if path.is_none() {
        let (wanted, fix) = match name {
            Name::Crate => ("a module or crate", ""),
            // Of a closure, and of a function with generic arguments, this is the way out.
            Name::Listener => {
                ("a function", "; declare a `fn(&RawMemBlocks, Event<'_>)` and name it here")
            }
            _ => ("a `static`", ""),
        };
        let (word, found) = (name.word(), written(value));
        mistakes
            .report(value, format!("`{word}` must be the path of {wanted}, found `{found}`{fix}"));
    }
    path
}

/// Whether it is a literal that can be of that type, whatever its value.
pub(super) fn is_usize(literal: &TokenStream) -> bool {
    syn::parse2::<LitInt>(literal.clone()).is_ok_and(|literal| {
        ["", "usize"].contains(&literal.suffix()) && !literal.base10_digits().starts_with('-')
    })
}

/// Whether it is a number that exceeds the `usize` of every target.
pub(super) fn is_too_large(literal: &TokenStream) -> bool {
    let literal = syn::parse2::<LitInt>(literal.clone());
    literal.is_ok_and(|literal| literal.base10_parse::<u64>().is_err())
}
