//! The list of options: `#[mem_blocks(..)]` without the parentheses.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::Token;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};

use crate::diagnostics::{self, Mistakes};
use crate::model::Setting;
use crate::scan;

/// Reads a list of options.
pub(super) fn read(list: TokenStream, is_unsafe: bool, mistakes: &mut Mistakes) -> Vec<Setting> {
    let mut settings = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            read_setting(input, is_unsafe, &mut settings, mistakes);
            read_comma(input, mistakes);
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(list) {
        mistakes.adopt(error);
    }
    settings
}

/// Reads one option, or `unsafe(..)` with several.
fn read_setting(
    input: ParseStream<'_>,
    mut is_unsafe: bool,
    settings: &mut Vec<Setting>,
    mistakes: &mut Mistakes,
) {
    if let Ok(keyword) = input.parse::<Token![unsafe]>() {
        if is_unsafe {
            mistakes.report(&keyword, "`unsafe` inside `unsafe(..)`; remove the inner one");
        }
        is_unsafe = true;
        if let Some(list) = take_group(input, Delimiter::Parenthesis) {
            if list.is_empty() {
                mistakes.report(
                    &keyword,
                    "empty `unsafe()`; write the option inside, as in `unsafe(section = \"..\")`",
                );
            }
            settings.extend(read(list, is_unsafe, mistakes));
            return;
        }
        let message = "expected `(` after `unsafe`; \
            write the option inside, as in `unsafe(section = \"..\")`";
        mistakes.report(&keyword, message);
        if !input.peek(Ident::peek_any) {
            return;
        }
    }
    let Ok(name) = input.call(Ident::parse_any) else {
        mistakes.report_next(
            input,
            Span::call_site(),
            format!("expected an option, found {}", diagnostics::found(input)),
        );
        scan::take_to_comma(input);
        return;
    };
    let value = match input.parse::<Option<Token![=]>>() {
        Ok(Some(equals)) => {
            let value = scan::take_expression(input);
            if value.is_empty() {
                mistakes.report(&equals, format!("expected a value after `{name} =`"));
                return;
            }
            Some(value)
        }
        _ => None,
    };
    if let Some(TokenTree::Group(group)) = diagnostics::next(input) {
        if value.is_none() && group.delimiter() != Delimiter::None {
            let message =
                format!("expected `=` after `{name}`; write `{name} = {}`", group.stream());
            mistakes.report_at(group.span(), message);
            scan::take_to_comma(input);
            return;
        }
    }
    settings.push(Setting { name, value, is_unsafe });
}

/// Reads the comma between two options, and resumes at the next option if there is none.
fn read_comma(input: ParseStream<'_>, mistakes: &mut Mistakes) {
    if input.is_empty() || input.parse::<Token![,]>().is_ok() {
        return;
    }
    mistakes.report_next(
        input,
        Span::call_site(),
        format!("expected `,` before {}", diagnostics::found(input)),
    );
    if !input.peek(Ident::peek_any) {
        scan::take_to_comma(input);
        if let Err(error) = input.parse::<Option<Token![,]>>() {
            mistakes.adopt(error);
        }
    }
}

fn take_group(input: ParseStream<'_>, delimiter: Delimiter) -> Option<TokenStream> {
    match diagnostics::next(input) {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
            scan::take(input).map(|_| group.stream())
        }
        _ => None,
    }
}
