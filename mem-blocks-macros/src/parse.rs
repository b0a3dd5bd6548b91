//! Tokens to [`Definition`]s: reads whatever has the shape of a definition, and goes on after what
//! has not.

mod attributes;
mod depth;
mod foreign;
mod settings;
mod syntax;
mod variants;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Token, Visibility};

use syntax::Flaw;

use crate::diagnostics::{self, Mistakes};
use crate::model::{Definition, Item, Setting};
use crate::place::ends;
use crate::scan;
use crate::written::written;

/// What one item of the input turned out to be.
pub(crate) enum Parsed {
    /// Something with a name, and the mistakes found while reading it.
    Definition(Box<Definition>, Mistakes),
    /// Something else: its `cfg`s, what of it can be passed on, and why it is no definition.
    Foreign(TokenStream, TokenStream, Mistakes),
}

/// Reads what `#[mem_blocks(options)]` stands on: one item, or several variants of one.
pub(crate) fn attribute(options: TokenStream, item: TokenStream) -> Vec<Parsed> {
    if let Some(group) = depth::too_deep(&options).or_else(|| depth::too_deep(&item)) {
        return too_deep(&group);
    }
    let parser = |input: ParseStream<'_>| {
        let mut mistakes = Mistakes::default();
        let settings = settings::read(options, false, &mut mistakes);
        let parsed = read_variants(input, Door::Attribute, &settings, &mistakes);
        // The compiler hands over exactly one item.
        input.parse::<TokenStream>().map(|_| parsed)
    };
    parser.parse2(scan::open_items(item)).unwrap_or_else(unreadable)
}

/// Reads the items in `define_mem_blocks! { .. }`.
pub(crate) fn items(input: TokenStream) -> Vec<Parsed> {
    if let Some(group) = depth::too_deep(&input) {
        return too_deep(&group);
    }
    let parser = |input: ParseStream<'_>| {
        let mut items = Vec::new();
        while !input.is_empty() {
            items.extend(read_variants(input, Door::Define, &[], &Mistakes::default()));
        }
        Ok(items)
    };
    parser.parse2(scan::open_items(input)).unwrap_or_else(unreadable)
}

/// The way by which an item came in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    /// `#[mem_blocks]`: the compiler read the item before us.
    Attribute,
    /// `define_mem_blocks!`: nobody did.
    Define,
}

fn too_deep(group: &Group) -> Vec<Parsed> {
    unreadable(syn::Error::new(group.span_open(), "brackets in brackets, more than 128 deep"))
}

fn unreadable(error: syn::Error) -> Vec<Parsed> {
    let mut mistakes = Mistakes::default();
    mistakes.adopt(error);
    vec![Parsed::Foreign(TokenStream::new(), TokenStream::new(), mistakes)]
}

/// Reads one item, once for each of its variants; takes at least one token.
fn read_variants(
    input: ParseStream<'_>,
    door: Door,
    settings: &[Setting],
    mistakes: &Mistakes,
) -> Vec<Parsed> {
    let mut attrs = attributes::take(input);
    let mut mistakes = mistakes.clone();
    if let Some(attr) = variants::take_surplus(&mut attrs) {
        let message = "options under more than 6 conditions on one item; \
            combine the conditions, or write the item more than once, each with a `#[cfg(..)]`";
        mistakes.report(&attr, message);
    }
    let start = input.fork();
    let read = |attrs| {
        let rest = start.fork();
        let parsed = read_item(&rest, door, attrs, settings.to_vec(), mistakes.clone());
        input.advance_to(&rest);
        parsed
    };
    variants::of(attrs).into_iter().map(read).collect()
}

/// Reads what follows the attributes of an item.
fn read_item(
    input: ParseStream<'_>,
    door: Door,
    attrs: Vec<TokenStream>,
    mut settings: Vec<Setting>,
    mut mistakes: Mistakes,
) -> Parsed {
    let before: TokenStream = attrs.iter().cloned().collect();
    let mut attrs = attributes::read(attrs, &mut mistakes);
    attributes::take_own(&mut attrs, door, &mut settings, &mut mistakes);
    let vis = read_visibility(input, &mut mistakes);
    read_qualifier(input, &mut mistakes);

    let can_be_name = input.peek(syn::Ident);
    let Ok(keyword) = input.call(Ident::parse_any) else {
        foreign::report_no_item(input, &quote!(#before #vis), &mut mistakes);
        return Parsed::Foreign(attributes::conditions(&attrs), TokenStream::new(), mistakes);
    };
    let is_name = can_be_name && input.peek(Token![:]) && !input.peek(Token![::]);
    let named = input.peek(Token![mut]) || input.peek(Ident::peek_any) && input.peek2(Token![:]);
    let is_in_place_of_static = named && (keyword == "const" || !foreign::begins(&keyword));
    if keyword != "static" && !is_in_place_of_static && !is_name {
        // The compiler has no attributes on statements yet, and has said so.
        let is_statement = door == Door::Attribute && keyword == "let";
        if !is_statement {
            foreign::report(&keyword, door, &mut mistakes);
        }
        let rest = foreign::take(input, &keyword);
        let passed_on = if is_statement || foreign::begins(&keyword) && foreign::is_whole(&rest) {
            quote!(#(#attrs)* #vis #keyword #rest)
        } else {
            TokenStream::new()
        };
        return Parsed::Foreign(attributes::conditions(&attrs), passed_on, mistakes);
    }

    let mutability = input.parse().unwrap_or_default();
    let (keyword, name) = if is_name {
        mistakes.report(&keyword, format!("expected `static NAME: TYPE;`, found `{keyword}`"));
        (Ident::new("static", keyword.span()), keyword)
    } else if let Some(name) = read_name(input, &keyword, door, &mut mistakes) {
        (keyword, name)
    } else {
        scan::take_to_end(input);
        let _: syn::Result<Token![;]> = input.parse();
        return Parsed::Foreign(attributes::conditions(&attrs), TokenStream::new(), mistakes);
    };
    let generics = scan::take_angles(input);
    let Type { colon, ty, is_reported } = read_type(input, &name, door, &mut mistakes);
    let initialiser =
        if input.peek(Token![=]) { scan::take_to_end(input) } else { TokenStream::new() };
    let semicolon = read_semicolon(input, &name, &ty, &initialiser, door, &mut mistakes);
    if keyword == "const" && !initialiser.is_empty() && !scan::mentions(&ty, "MemBlocks") {
        foreign::report(&keyword, door, &mut mistakes);
        let rest = quote!(#mutability #name #generics #colon #ty #initialiser #semicolon);
        let passed_on = quote!(#(#attrs)* #vis #keyword #rest);
        return Parsed::Foreign(attributes::conditions(&attrs), passed_on, mistakes);
    }
    let item = Item { attrs, vis, keyword: keyword.span(), name, colon, ty, semicolon };
    let is_parsed = door == Door::Attribute;
    let is_type_reported = is_parsed || is_reported;
    let definition = Definition {
        item,
        keyword,
        mutability,
        generics,
        initialiser,
        settings,
        is_parsed,
        is_type_reported,
    };
    Parsed::Definition(Box::new(definition), mistakes)
}

/// Reads a name, perhaps behind a word that does not belong there.
fn read_name(
    input: ParseStream<'_>,
    keyword: &Ident,
    door: Door,
    mistakes: &mut Mistakes,
) -> Option<Ident> {
    if input.peek(syn::Ident) {
        return input.parse().ok();
    }
    if door == Door::Define {
        let found = diagnostics::found(input);
        let message = format!("expected a name after `{keyword}`, found {found}");
        mistakes.report_next(input, keyword.span(), message);
    }
    if input.peek2(syn::Ident) {
        scan::take(input);
        return input.parse().ok();
    }
    None
}

fn read_semicolon(
    input: ParseStream<'_>,
    name: &Ident,
    ty: &TokenStream,
    initialiser: &TokenStream,
    door: Door,
    mistakes: &mut Mistakes,
) -> Token![;] {
    if let Ok(semicolon) = input.parse() {
        return semicolon;
    }
    // If not, it was said by the compiler, with the type, or with an `=` behind which nothing is.
    let is_said = initialiser.clone().into_iter().count() == 1;
    if door == Door::Define && !ty.is_empty() && !is_said {
        let (_, end) = ends(&quote!(#ty #initialiser));
        let message = if input.is_empty() {
            format!("missing `;` at the end of `{name}`")
        } else {
            format!("expected `;` before {}", diagnostics::found(input))
        };
        mistakes.report_next(input, end, message);
    }
    // What was written in its place, and what belongs to that.
    let _: syn::Result<Option<Token![,]>> = input.parse();
    foreign::skip_to_item(input);
    <Token![;]>::default()
}

/// Reads a visibility. What stands in parentheses by itself: over what `syn` leaves unread there, it fails the whole
/// input.
fn read_visibility(input: ParseStream<'_>, mistakes: &mut Mistakes) -> Visibility {
    let fork = input.fork();
    match (scan::take(&fork), scan::take(&fork)) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Group(limit)))
            if word == "pub" && limit.delimiter() == Delimiter::Parenthesis =>
        {
            input.advance_to(&fork);
            syn::parse2(quote!(#word #limit)).unwrap_or_else(|_| {
                let message = format!(
                    "unknown visibility `pub{}`; \
                    expected `pub`, `pub(crate)`, `pub(super)` or `pub(in PATH)`",
                    written(&limit.to_token_stream())
                );
                mistakes.report(&limit, message);
                Visibility::Public(Token![pub](word.span()))
            })
        }
        _ => input.parse().unwrap_or(Visibility::Inherited),
    }
}

/// Reads a word between the visibility and `static`, such as `unsafe`.
fn read_qualifier(input: ParseStream<'_>, mistakes: &mut Mistakes) {
    if input.peek(Token![static]) || !input.peek2(Token![static]) {
        return;
    }
    if let Ok(word) = input.call(Ident::parse_any) {
        mistakes.report(&word, format!("unexpected `{word}` before `static`; remove `{word}`"));
    }
}

/// A type, and whether that it is wrong or missing has been reported.
struct Type {
    colon: Token![:],
    ty: TokenStream,
    is_reported: bool,
}

fn read_type(input: ParseStream<'_>, name: &Ident, door: Door, mistakes: &mut Mistakes) -> Type {
    if door == Door::Attribute {
        // The compiler has said what there is to say.
        let colon = input.parse().unwrap_or_default();
        return Type { colon, ty: scan::take_type(input), is_reported: true };
    }
    skip_to_colon(input, name, mistakes);
    let next = diagnostics::next(input);
    let colon = input.parse::<Token![:]>();
    if colon.is_err() {
        if let Ok(equals) = input.parse::<Token![=]>() {
            let message = format!(
                "expected `:` and a type after `{name}`, found `=`; the macro supplies the value"
            );
            mistakes.report(&equals, message);
            let written = scan::take_type(input);
            let is_one = scan::arguments(&written).is_some() && syntax::flaw(&written).is_none();
            let ty = if is_one { written } else { TokenStream::new() };
            return Type { colon: colon.unwrap_or_default(), ty, is_reported: true };
        }
    }
    let mut ty = scan::take_type(input);
    let mut is_reported = false;
    if ty.is_empty() {
        if input.peek(Token![,]) {
            // Several names, perhaps. That the first has no type is one mistake, whatever follows.
            scan::take_to_end(input);
        }
    } else if let Some(flaw) = syntax::flaw(&ty) {
        report_flaw(input, name, &ty, flaw, mistakes);
        ty = TokenStream::new();
        is_reported = true;
    } else if colon.is_err() {
        mistakes.report(&next, format!("expected `:` between `{name}` and its type"));
    }
    Type { colon: colon.unwrap_or_default(), ty, is_reported }
}

/// Takes a word that stands between the name and the colon.
fn skip_to_colon(input: ParseStream<'_>, name: &Ident, mistakes: &mut Mistakes) {
    let fork = input.fork();
    let Some(word) = scan::take(&fork) else { return };
    if !input.peek(Token![:]) && fork.peek(Token![:]) && !fork.peek(Token![::]) {
        let found = diagnostics::found(input);
        let message = format!("unexpected {found} between `{name}` and `:`; remove it");
        mistakes.report_next(input, word.span(), message);
        input.advance_to(&fork);
    }
}

/// Reports that a type cannot be read, and takes what may belong to it.
fn report_flaw(
    input: ParseStream<'_>,
    name: &Ident,
    ty: &TokenStream,
    flaw: Flaw,
    mistakes: &mut Mistakes,
) {
    match flaw {
        Flaw::Unfinished => {
            let found = diagnostics::found(input);
            let (_, end) = ends(ty);
            let message = format!("expected `,` or `>` in the type of `{name}`, found {found}");
            mistakes.report_next(input, end, message);
        }
        Flaw::At(error) => {
            let message = format!(
                "{error} in the type of `{name}`; write `MemBlocks<BLOCK, NUMBER>`, \
                with braces around an expression, as in `{{ 2 * N }}`"
            );
            mistakes.report_at(error.span(), message);
        }
    }
    if !scan::is_closed(ty) {
        // Written for a comma: the rest of the type is behind it.
        let _: syn::Result<Token![;]> = input.parse();
    }
}

#[cfg(test)]
mod tests {
    use super::{Parsed, items};

    /// What becomes of each item: its name, or what is passed on of it; and its mistakes.
    fn read(text: &str) -> Vec<(String, Vec<String>)> {
        let outcome = |parsed| match parsed {
            Parsed::Definition(definition, mistakes) => {
                (definition.item.name.to_string(), mistakes.messages())
            }
            Parsed::Foreign(_, rest, mistakes) => (rest.to_string(), mistakes.messages()),
        };
        parsed(text).into_iter().map(outcome).collect()
    }

    fn parsed(text: &str) -> Vec<Parsed> {
        items(text.parse().expect("the text should be tokens"))
    }

    fn names(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn no_items_are_no_definitions() {
        assert!(read("").is_empty());
    }

    #[test]
    fn a_bad_item_does_not_swallow_the_next() {
        for text in [
            "fn f() { a; }",
            "use a::{b};",
            "const fn f() {}",
            "const C: A;",
            "let a = 4;",
            "#[4] struct S;",
            "#[doc = ] struct S;",
            "pub(in 4) fn f() {}",
            "pub(in a b) static A: B;",
            "pub(in a::! : b) -> C",
            "pub(4) static A: B;",
            "#",
            "static;",
            "static _: A;",
            "static 4: A;",
            "static A",
            "static A: B = C { d: 4 };",
            "static A: B",
            ";",
            "17;",
            "mac! { a }",
            "#[mem_blocks(align = )] static A: B;",
        ] {
            let read = read(&format!("{text} static GOOD: MemBlocks<u8, 4>;"));
            let (name, mistakes) = read.last().expect("items should be found");
            assert_eq!((name.as_str(), mistakes.len()), ("GOOD", 0), "{text}");
        }
    }

    #[test]
    fn foreign_items_are_passed_on() {
        assert_eq!(
            names("fn f() {} struct S; use a::{b};"),
            ["fn f () { }", "struct S ;", "use a :: { b } ;"]
        );
        for text in [
            "const fn f () { }",
            "const unsafe fn f () { }",
            "const extern \"C\" fn f () { }",
            "const A = B { c : 4 } ;",
            "type A = B < { 4 } > ;",
            "let a = b { c : 4 } ;",
        ] {
            let passed_on = if text.starts_with("let") { "" } else { text };
            assert_eq!(names(&format!("{text} fn g() {{}}")), [passed_on, "fn g () { }"]);
        }
    }

    #[test]
    fn no_half_of_an_item_is_passed_on() {
        assert_eq!(names("struct S static A: B; fn f()"), ["", "A", ""]);
    }

    #[test]
    fn an_item_without_an_end_leaves_the_next_its_attributes() {
        for text in ["use a", "type A = B", "let a = 4", "const A = 4", "static A: B x"] {
            let items = parsed(&format!("{text} #[a] static A: B;"));
            let Some(Parsed::Definition(definition, _)) = items.last() else { panic!("{text}") };
            assert_eq!(definition.item.attrs.len(), 1, "{text}");
        }
    }

    #[test]
    fn what_belongs_to_no_item_ends_before_the_next() {
        for next in ["static A: B;", "pub static A: B;", "let a = 4;", "fn f() {}", "use a;"] {
            assert_eq!(read(&format!("static A: B<4> 5 {next}")).len(), 2, "{next}");
        }
        for text in ["5 (6) [7] 8;", "5 {}"] {
            assert_eq!(names(&format!("static A: B<4> {text} 17;")), ["A", ""], "{text}");
        }
    }

    #[test]
    fn what_is_no_item_is_dropped() {
        assert_eq!(names("17; let a = 4; mac!();"), ["", "", ""]);
    }

    #[test]
    fn a_name_without_a_keyword_is_a_definition_and_a_path_is_none() {
        assert_eq!(names("POOL: MemBlocks<u8, 4>; a::b!{}"), ["POOL", ""]);
    }

    #[test]
    fn parentheses_are_a_visibility_behind_pub_alone() {
        let read = read("a(4);");
        let mistakes = read.first().map(|(_, mistakes)| mistakes.as_slice());
        assert_eq!(mistakes, Some(&["expected `static NAME: TYPE;`, found `a`".to_owned()][..]));
    }

    #[test]
    fn a_type_behind_an_equals_sign_counts_if_it_is_one() {
        for (text, ty) in [("A = MemBlocks<u8, 4>;", "MemBlocks < u8 , 4 >"), ("A = B;", "")] {
            let items = parsed(&format!("static {text}"));
            let Some(Parsed::Definition(definition, _)) = items.first() else {
                panic!("it has a name")
            };
            assert_eq!(definition.item.ty.to_string(), ty);
        }
    }

    #[test]
    fn a_type_with_a_mistake_ends_with_its_semicolon() {
        // Where it is not complete, the semicolon stands for a comma.
        for ty in ["MemBlocks<u8, 4 + 4>", "MemBlocks<u8; 4>"] {
            assert_eq!(names(&format!("static A: {ty}; 17;")), ["A", ""], "{ty}");
        }
    }

    #[test]
    fn conditions_are_kept_apart() {
        let text =
            "#[cfg(a)] #[doc = \"b\"] #[cfg_attr(c, cfg(d))] #[cfg_attr(e, doc = \"f\")] fn g() {}";
        let items = parsed(text);
        let Some(Parsed::Foreign(conditions, ..)) = items.first() else {
            panic!("a function is foreign")
        };
        assert_eq!(conditions.to_string(), "# [cfg (a)] # [cfg_attr (c , cfg (d))]");
    }

    #[test]
    fn options_resume_after_each_mistake() {
        let mistakes = |options: &str| -> Vec<String> {
            let read = read(&format!("#[mem_blocks({options})] static A: B;"));
            read.into_iter().flat_map(|(_, mistakes)| mistakes).collect()
        };
        assert_eq!(
            mistakes("align = 4 unsafe x"),
            [
                "expected `,` before `unsafe`",
                "expected `(` after `unsafe`; write the option inside, as in `unsafe(section = \"..\")`",
            ]
        );
        assert_eq!(
            mistakes("align = 4 uninit 5"),
            ["expected `,` before `uninit`", "expected `,` before `5`"]
        );
        assert_eq!(
            mistakes("align(4), = 3, uninit 5 , , unsafe x, unsafe"),
            [
                "expected `=` after `align`; write `align = 4`",
                "expected an option, found `=`",
                "expected `,` before `5`",
                "expected an option, found `,`",
                "expected `(` after `unsafe`; write the option inside, as in `unsafe(section = \"..\")`",
                "expected `(` after `unsafe`; write the option inside, as in `unsafe(section = \"..\")`",
            ]
        );
    }
}
