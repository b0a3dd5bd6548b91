//! The list of options: `#[mem_blocks(..)]` without the parentheses.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::Token;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};

use crate::diagnostics::{self, Mistakes};
use crate::model::{Name, Setting};
use crate::scan;
use crate::written::written;

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
        // Another one is the one that was meant.
        let _: syn::Result<Option<Token![unsafe]>> = input.parse();
        if let Some(list) = take_group(input, Delimiter::Parenthesis) {
            settings.extend(read(list, is_unsafe, mistakes));
            return;
        }
        if !input.peek(Ident::peek_any) {
            scan::take_to_comma(input);
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
    let Ok(equals) = input.parse::<Token![=]>() else {
        if input.is_empty()
            || input.peek(Token![,])
            || read_no_value(input, &name, is_unsafe, mistakes)
        {
            settings.push(Setting { name, value: None, is_unsafe });
        }
        return;
    };
    let value = scan::take_expression(input);
    match value.clone().into_iter().last() {
        None => mistakes.report(&equals, format!("expected a value after `{name} =`")),
        Some(last) if is_incomplete(&last) => {
            mistakes.report(&last, format!("expected a value after `{last}`"));
        }
        Some(_) => settings.push(Setting { name, value: Some(value), is_unsafe }),
    }
}

/// Whether a value cannot end like this.
fn is_incomplete(last: &TokenTree) -> bool {
    match last {
        TokenTree::Punct(last) => !"?>".contains(last.as_char()),
        TokenTree::Ident(last) => scan::is_keyword(last) && last != "await",
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}

/// Reads what follows the name of an option and is neither `=` nor a comma. Gives whether the option
/// is to be judged nevertheless.
fn read_no_value(
    input: ParseStream<'_>,
    name: &Ident,
    is_unsafe: bool,
    mistakes: &mut Mistakes,
) -> bool {
    let Some(known) = Name::ALL.into_iter().find(|known| name == known.word()) else {
        // One mistake: the name.
        scan::take_to_comma(input);
        return true;
    };
    if !known.takes_value() {
        if let Some(value) = take_group(input, Delimiter::Parenthesis) {
            let value = written(&value);
            mistakes.report(name, format!("`{name}` takes no value; remove `({value})`"));
            return false;
        }
        return true;
    }
    let found = diagnostics::found(input);
    // As it is to be written: inside of `unsafe(..)` if it is not there already.
    let usage = |value: &TokenStream| {
        let value = if value.is_empty() { String::from("..") } else { written(value) };
        let usage = format!("{name} = {value}");
        if known.danger().is_some() && !is_unsafe { format!("unsafe({usage})") } else { usage }
    };
    match diagnostics::next(input) {
        Some(TokenTree::Group(group)) => {
            let usage = usage(&group.stream());
            mistakes.report(&group, format!("expected `=` after `{name}`; write `{usage}`"));
        }
        _ => mistakes.report_next(
            input,
            name.span(),
            format!(
                "expected `=` after `{name}`, found {found}; write `{}`",
                usage(&TokenStream::new())
            ),
        ),
    }
    scan::take_to_comma(input);
    false
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
    let is_option =
        |word: &Ident| word == "unsafe" || Name::ALL.into_iter().any(|name| word == name.word());
    let resumes =
        matches!(diagnostics::next(input), Some(TokenTree::Ident(word)) if is_option(&word));
    if !resumes {
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
