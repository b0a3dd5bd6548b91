//! Where a type, an expression or an item ends in a stream of tokens.
//!
//! The macros pass types and expressions on as they were written and leave judging them to the
//! compiler. All they need is the end, so nothing here builds a syntax tree: that keeps `syn`'s
//! `full` feature out of the build, and accepts whatever the compiler accepts, blocks and `match`
//! included. Groups, delimited or invisible (a `macro_rules!` fragment), are one token each, so
//! only angle brackets need attention.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Path;
use syn::parse::{ParseStream, Parser as _};

/// Takes the tokens of a type: up to a semicolon or a token that begins another item; outside angle
/// brackets, also up to `,`, `=`, `#`, a bracket that closes none of them, or what cannot stand after
/// one that does.
pub(crate) fn take_type(input: ParseStream<'_>) -> TokenStream {
    let mut angles = Angles::default();
    let mut is_after_close = false;
    let ty = take_while(input, |next| {
        let is_outside = angles.depth == 0;
        let closes = is_punct(next, ">") && !angles.after_dash;
        if is_punct(next, ";")
            || !angles.after_quote && begins_item(next)
            || is_outside && (is_punct(next, ",=#") || closes)
            || is_after_close && !matches!(next, TokenTree::Punct(_))
        {
            return false;
        }
        angles.pass(next);
        is_after_close = closes && angles.depth == 0;
        true
    });
    // A `>` that was joined to a `;` would be joined to what the macros write there, as in `>=`,
    // and lose its place.
    ty.into_iter().map(stand_alone).collect()
}

/// Whether every angle bracket of a type is closed.
pub(crate) fn is_closed(ty: &TokenStream) -> bool {
    let mut angles = Angles::default();
    ty.clone().into_iter().for_each(|token| angles.pass(&token));
    angles.depth == 0
}

/// Takes the tokens of an expression: up to a comma or semicolon that is not part of it, or up to an
/// operand right after another, such as the `uninit` in `align = 4 uninit`. A keyword is no operand:
/// the `if`, `let`, `else`, `mut` and so on of an expression need no grammar of theirs here.
///
/// `<` is a bracket where an operand is expected, after `::` and in the type after `as`; anywhere
/// else it compares. `|` begins the parameters of a closure where an operand is expected, commas
/// included, unless it is the second half of `||` or begins a pattern.
pub(crate) fn take_expression(input: ParseStream<'_>) -> TokenStream {
    let mut place = Place::Operand;
    let mut angles = Angles::default();
    take_while(input, |next| {
        if angles.depth > 0 {
            angles.pass(next);
            return true;
        }
        if matches!(place, Place::Parameters) {
            if is_punct(next, "|") {
                place = Place::Operand;
            }
            return true;
        }
        let is_less = is_punct(next, "<");
        place = match (next, place) {
            _ if is_punct(next, ",;") => return false,
            // `<<` is a shift, never the comparison of something with a `<T as Trait>::CONST`.
            (_, Place::Operator) if is_less && is_joint(next) => Place::Less,
            (
                _,
                Place::Operand | Place::Pattern | Place::TypeStart | Place::Type | Place::Segment,
            ) if is_less => {
                angles.pass(next);
                Place::Operator
            }
            (_, Place::Type | Place::Segment) if is_punct(next, ":") => Place::Segment,
            (_, Place::Operator) if is_punct(next, "?") => Place::Operator,
            (_, Place::Operand) if is_punct(next, "|") => Place::Parameters,
            (_, Place::Operator | Place::Type) if is_punct(next, "|") => Place::Pattern,
            (TokenTree::Ident(word), _) if word == "let" => Place::Pattern,
            // `&`, `*`, `mut` and so on, before the name of a type.
            (TokenTree::Punct(_), Place::TypeStart) => Place::TypeStart,
            (TokenTree::Punct(_), _) => Place::Operand,
            (TokenTree::Ident(word), Place::TypeStart) if is_keyword(word) => Place::TypeStart,
            (TokenTree::Ident(word), Place::Operator | Place::Type) if word == "as" => {
                Place::TypeStart
            }
            (TokenTree::Ident(word), Place::Operator | Place::Type) if word == "unsafe" => {
                return false;
            }
            (TokenTree::Ident(word), _) if is_keyword(word) => Place::Operand,
            (TokenTree::Ident(_) | TokenTree::Literal(_), Place::Operator | Place::Type) => {
                return false;
            }
            (TokenTree::Ident(_), Place::TypeStart | Place::Segment) => Place::Type,
            (TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Literal(_), _) => {
                Place::Operator
            }
        };
        true
    })
}

/// Takes everything up to, and without, the next comma.
pub(crate) fn take_to_comma(input: ParseStream<'_>) -> TokenStream {
    take_while(input, |next| !is_punct(next, ","))
}

/// Takes everything up to, and without, the next semicolon or what begins another item.
pub(crate) fn take_to_end(input: ParseStream<'_>) -> TokenStream {
    let mut angles = Angles::default();
    take_while(input, |next| {
        let goes_on = !is_punct(next, ";#") && (angles.after_quote || !begins_static(next));
        angles.pass(next);
        goes_on
    })
}

/// Takes the rest of an item of any kind: up to and with its semicolon or its braces, whichever
/// comes first, or up to what begins another one.
pub(crate) fn take_item(input: ParseStream<'_>) -> TokenStream {
    let mut angles = Angles::default();
    let mut ended = false;
    take_while(input, |next| {
        let goes_on = !ended && (angles.after_quote || !begins_static(next));
        let is_body =
            matches!(next, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        ended = is_body && angles.depth == 0 || is_punct(next, ";");
        angles.pass(next);
        goes_on
    })
}

/// The type of an array's elements and its length, or of a slice's elements: what stands in the
/// brackets.
pub(crate) fn array(content: &TokenStream) -> (TokenStream, Option<TokenStream>) {
    let mut tokens = content.clone().into_iter();
    let element = tokens.by_ref().take_while(|token| !is_punct(token, ";")).collect();
    let length: TokenStream = tokens.collect();
    (element, (!length.is_empty()).then_some(length))
}

/// Takes `<..>`, or nothing where there is no `<`.
pub(crate) fn take_angles(input: ParseStream<'_>) -> TokenStream {
    let mut angles = Angles::default();
    let mut first = true;
    take_while(input, |next| {
        let is_inside = angles.depth > 0 && !is_punct(next, ";");
        let goes_on = if first { is_punct(next, "<") } else { is_inside };
        first = false;
        if goes_on {
            angles.pass(next);
        }
        goes_on
    })
}

/// The block and the number of a type that is written `MemBlocks<BLOCK, NUMBER>`, perhaps behind a
/// path; the number without its braces. Of a type with any other name nobody knows what its arguments
/// are.
pub(crate) fn arguments(ty: &TokenStream) -> Option<[TokenStream; 2]> {
    let parser = |input: ParseStream<'_>| {
        let path = take_while(input, |next| !is_punct(next, "<"));
        take(input);
        let block = take_type(input);
        take(input);
        Ok((path, block, input.parse::<TokenStream>()?))
    };
    let (path, block, number) = parser.parse2(ty.clone()).ok()?;
    let mut number: Vec<_> = number.into_iter().collect();
    match (path.into_iter().last()?, number.pop()) {
        (TokenTree::Ident(word), Some(end)) if word == "MemBlocks" && is_punct(&end, ">") => {
            if number.last().is_some_and(|last| is_punct(last, ",")) {
                number.pop();
            }
            let number = match &number[..] {
                [TokenTree::Group(code)] if code.delimiter() == Delimiter::Brace => code.stream(),
                _ => number.into_iter().collect(),
            };
            (!block.is_empty() && !number.is_empty()).then_some([block, number])
        }
        (TokenTree::Group(group), None) => arguments(&group.stream()),
        _ => None,
    }
}

/// The type with braces around a number that is a path. Without, the compiler takes it for a type as
/// well as for a constant, and if there is neither, says so of both.
pub(crate) fn brace_number(ty: &TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = ty.clone().into_iter().collect();
    let mut after = Vec::new();
    while tokens.last().is_some_and(|last| is_punct(last, ",>")) {
        after.extend(tokens.pop());
    }
    let comma = tokens.iter().rposition(|token| is_punct(token, ","));
    let number = comma.map_or_else(Vec::new, |comma| tokens.split_off(comma.saturating_add(1)));
    let is_path = Path::parse_mod_style.parse2(number.iter().cloned().collect()).is_ok();
    if arguments(ty).is_none() || !is_path {
        return ty.clone();
    }
    let mut braces = Group::new(Delimiter::Brace, number.into_iter().collect());
    braces.set_span(Span::mixed_site());
    after.reverse();
    tokens.into_iter().chain([TokenTree::Group(braces)]).chain(after).collect()
}

/// Opens the invisible groups around whole items, which are what a `$item:item` of a `macro_rules!`
/// macro becomes. A type, a visibility or an expression in such a group stays in it: it ends with
/// neither a semicolon nor braces, or does no harm outside.
pub(crate) fn open_items(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if is_item(&group) || is_nothing(&group) => {
                open_items(group.stream())
            }
            token => TokenStream::from(token),
        })
        .collect()
}

/// Whether it is an invisible group that ends as an item does.
fn is_item(group: &Group) -> bool {
    group.delimiter() == Delimiter::None
        && match group.stream().into_iter().last() {
            Some(TokenTree::Group(last)) => last.delimiter() == Delimiter::Brace || is_item(&last),
            Some(last) => is_punct(&last, ";"),
            None => false,
        }
}

/// Whether it is what a `$vis:vis` of no words becomes: there is no place in it for a message.
fn is_nothing(group: &Group) -> bool {
    let none_inside = |token| matches!(token, TokenTree::Group(inside) if is_nothing(&inside));
    group.delimiter() == Delimiter::None && group.stream().into_iter().all(none_inside)
}

/// Whether the word stands among the tokens, inside of groups included.
pub(crate) fn mentions(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(&group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Takes the next token.
pub(crate) fn take(input: ParseStream<'_>) -> Option<TokenTree> {
    input.parse().ok()
}

fn take_while(input: ParseStream<'_>, mut goes_on: impl FnMut(&TokenTree) -> bool) -> TokenStream {
    let mut taken = TokenStream::new();
    while let Some((next, _)) = input.cursor().token_tree() {
        if !goes_on(&next) || take(input).is_none() {
            break;
        }
        taken.extend([next]);
    }
    taken
}

fn stand_alone(token: TokenTree) -> TokenTree {
    match token {
        TokenTree::Punct(punct) if punct.as_char() == '>' => {
            let mut alone = Punct::new('>', Spacing::Alone);
            alone.set_span(punct.span());
            TokenTree::Punct(alone)
        }
        token => token,
    }
}

fn is_punct(token: &TokenTree, any_of: &str) -> bool {
    matches!(token, TokenTree::Punct(punct) if any_of.contains(punct.as_char()))
}

fn is_joint(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint)
}

/// Words that begin an item and cannot stand in a type, save for `'static`.
fn begins_item(token: &TokenTree) -> bool {
    let TokenTree::Ident(word) = token else { return false };
    ["static", "pub", "let", "struct"].iter().any(|known| word == known)
}

/// Words that stand nowhere but at the beginning of an item, save for `'static`.
fn begins_static(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word == "static" || word == "pub")
}

/// Words that are no operand and no type.
pub(crate) fn is_keyword(word: &Ident) -> bool {
    let names = ["_", "Self", "crate", "false", "self", "super", "true"];
    syn::parse2::<Ident>(word.to_token_stream()).is_err() && !names.iter().any(|name| word == name)
}

/// What an expression may go on with.
#[derive(Clone, Copy)]
enum Place {
    /// A value, a prefix of one, or a further word of its path.
    Operand,
    /// A value or a pattern, or the second half of `||`: a `|` here begins no closure.
    Pattern,
    /// Inside the parameters of a closure.
    Parameters,
    /// An operator, a suffix, or the end.
    Operator,
    /// After a `<` that may be the first half of `<<`.
    Less,
    /// After `as`: a type.
    TypeStart,
    /// Inside the path of a type after `as`: `<` or `::` continue it, and an operator or the end
    /// may follow.
    Type,
    /// Inside the path of a type, after `:` or `::`.
    Segment,
}

/// How many angle brackets are open.
#[derive(Default)]
struct Angles {
    depth: usize,
    /// The token before was a `-` joined to this one: `->` closes nothing.
    after_dash: bool,
    /// The token before was a `'`: what follows is a lifetime.
    after_quote: bool,
}

impl Angles {
    fn pass(&mut self, token: &TokenTree) {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '<' => {
                self.depth = self.depth.saturating_add(1);
            }
            TokenTree::Punct(punct) if punct.as_char() == '>' && !self.after_dash => {
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
        self.after_dash = is_punct(token, "-") && is_joint(token);
        self.after_quote = is_punct(token, "'");
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use syn::parse::{ParseStream, Parser as _};

    use super::{
        arguments, brace_number, is_joint, open_items, take_angles, take_expression, take_item,
        take_type,
    };
    use crate::place::fragment;

    /// What is taken, and what is left; both as tokens print themselves.
    fn split(text: &str, take: fn(ParseStream<'_>) -> TokenStream) -> (String, String) {
        let parser = |input: ParseStream<'_>| {
            let taken = take(input);
            Ok((taken.to_string(), input.parse::<TokenStream>()?.to_string()))
        };
        parser.parse_str(text).expect("the text should be tokens")
    }

    fn assert_split(text: &str, rest: &str, take: fn(ParseStream<'_>) -> TokenStream) {
        let packed = |text: &str| text.replace(' ', "");
        let (taken, left) = split(&format!("{text} {rest}"), take);
        assert_eq!((packed(&taken), packed(&left)), (packed(text), packed(rest)));
    }

    #[test]
    fn an_expression_ends_at_its_comma() {
        for text in [
            "32",
            "A + B",
            "(a, b).1",
            "f(a, b)",
            "f::<A, B>(c)",
            "Vec::<Option<A>>::LEN",
            "<T as Trait<A, B>>::ALIGN",
            "<T as Trait<A, B>>::ALIGN + <U>::ALIGN",
            "::core::mem::size_of::<(A, B)>()",
            "a < b",
            "a < <T<A, B>>::LEN",
            "1 << 4",
            "1 << 4 >> 2",
            "a <<b::C",
            "a as usize",
            "a as <T as Trait<A, B>>::Int",
            "a as Type<A, B>",
            "a as path::Type<A, B>",
            "a as path::Type::<A, B> + 1",
            "a as ::path::Type<A, B> + 1",
            "-1",
            "!0 & 3",
            "a[1]?",
            "if a < b { c } else if d { e } else { f }",
            "match a { B => c, _ => d }",
            "{ let a = [1, 2]; a[0] }",
            "unsafe { a }",
            "const { a }",
            "m!(a, b)",
            "m![a, b].len()",
            "Point { x: 1, y: 2 }.x",
            "'a: loop { break 'a 4 }",
            "a != b",
            "if let Some(a) = B { a } else { 8 }",
            "if let A | B = c && d < e { 4 } else { 8 }",
            "*&mut 4",
            "&raw const a as usize",
            "a as *mut u8",
            "a as *const Type<A, B>",
            "a as &'static mut Type<A, B>",
            "a as fn(b) -> c",
            "(|mut a| a)(b)",
            "|a, b| {}",
            "|a: &A, b: B<C, D>| -> E { a }",
            "move |_, _| a",
            "&|(a | b), c| a | b",
            "|| a",
            "a || b",
            "a as usize || b || c",
            "a | b < c",
            "a | <T<A, B>>::LEN",
            "if let | A = b { 4 } else { 8 }",
            "crate::A + super::B",
            "-self::A",
        ] {
            assert_split(text, ", uninit", take_expression);
        }
    }

    #[test]
    fn an_expression_ends_where_nothing_can_continue_it() {
        assert_split("4", "uninit", take_expression);
        assert_split("A", "B", take_expression);
        assert_split("A", "crate = b", take_expression);
        assert_split("{ A }", "unsafe(b)", take_expression);
        assert_split("a as usize", "unsafe(b)", take_expression);
        assert_split("f()", "8", take_expression);
        assert_split("|a, b| c", "uninit", take_expression);
        assert_split("a || b", "uninit", take_expression);
        assert_split("f()?", "uninit", take_expression);
        assert_split("a as usize", "uninit", take_expression);
        assert_split("<T>::ALIGN", "uninit", take_expression);
        assert_split("", ", uninit", take_expression);
    }

    #[test]
    fn a_type_ends_outside_of_its_angle_brackets() {
        for text in [
            "MemBlocks<[u8; 64], { 2 * N }>",
            "MemBlocks<Box<dyn Iterator<Item = u8>>, 4>",
            "MemBlocks<fn(u8) -> Option<u8>, 4>",
            "<Board as Memory<{ A }>>::Pool",
            "&'static str",
            "",
        ] {
            assert_split(text, "= 4;", take_type);
            assert_split(text, "; pub static A: B;", take_type);
            assert_split(text, ", static A: B;", take_type);
        }
    }

    #[test]
    fn a_type_ends_before_the_next_item() {
        assert_split("A<B>", "static C: D;", take_type);
        assert_split("A<B>", "pub static C: D;", take_type);
        assert_split("A<B>", "#[mem_blocks] static C: D;", take_type);
    }

    #[test]
    fn generic_parameters_end_with_their_bracket() {
        assert_split("<T: Into<U>, const N: usize>", ": A;", take_angles);
        assert_split("", ": A<B>;", take_angles);
    }

    #[test]
    fn an_item_ends_with_its_semicolon_or_braces() {
        assert_split("a() -> B { c; }", "static D: E;", take_item);
        assert_split("A(B);", "static D: E;", take_item);
    }

    #[test]
    fn a_number_that_is_a_path_gets_braces() {
        let braced = |ty: &str| {
            let ty: TokenStream = ty.parse().expect("the text should be tokens");
            brace_number(&ty).to_string().replace(' ', "")
        };
        for (ty, with_braces) in [
            ("MemBlocks<u8, N>", "MemBlocks<u8,{N}>"),
            ("a::MemBlocks<B<C>, ::d::N,>", "a::MemBlocks<B<C>,{::d::N},>"),
            ("MemBlocks<u8, 4>", "MemBlocks<u8,4>"),
            ("MemBlocks<u8, { N }>", "MemBlocks<u8,{N}>"),
            ("MemBlocks<u8, -1>", "MemBlocks<u8,-1>"),
            ("MemBlocks<u8, N: A>", "MemBlocks<u8,N:A>"),
            ("Frames<u8, N>", "Frames<u8,N>"),
            ("Frames", "Frames"),
        ] {
            assert_eq!(braced(ty), with_braces);
        }
    }

    #[test]
    fn the_arguments_of_mem_blocks_are_found() {
        let found = |ty: &str| {
            let ty: TokenStream = ty.parse().expect("the text should be tokens");
            arguments(&ty).map(|both| both.map(|tokens| tokens.to_string().replace(' ', "")))
        };
        for (ty, block, number) in [
            ("MemBlocks<[u8; 64], 4>", "[u8;64]", "4"),
            ("::mem_blocks::MemBlocks<A<B, C>, { a > b },>", "A<B,C>", "a>b"),
            ("hal::MemBlocks<fn() -> A, N>", "fn()->A", "N"),
            ("MemBlocks<A, (N)>", "A", "(N)"),
        ] {
            assert_eq!(found(ty), Some([block.to_owned(), number.to_owned()]), "{ty}");
        }
        for ty in [
            "Frames",
            "Of<A, 4>",
            "MemBlocks",
            "MemBlocks<A>",
            "MemBlocks<A,>",
            "MemBlocks<, 4>",
            "<A as B>::C",
            "A!(4)",
            "",
        ] {
            assert_eq!(found(ty), None, "{ty}");
        }
        let fragment = fragment("MemBlocks<A, 4>".parse().expect("the text should be tokens"));
        assert!(arguments(&fragment).is_some());
    }

    #[test]
    fn fragments_that_are_items_or_nothing_are_opened() {
        // A token where they stay, else as many as there are in them.
        let opened = |tokens| open_items(tokens).into_iter().count();
        let tokens = |text: &str| text.parse::<TokenStream>().expect("the text should be tokens");
        for (text, number) in [
            ("", 0),
            ("struct A;", 3),
            ("fn a() {}", 4),
            ("a + 4", 1),
            ("[u8; 4]", 1),
            ("{ 4 } a", 1),
        ] {
            assert_eq!(opened(fragment(tokens(text))), number, "{text}");
            assert_eq!(opened(fragment(fragment(tokens(text)))), number, "{text}");
        }
        assert_eq!(opened(tokens("(struct A;)")), 1);
        assert_eq!(opened(tokens("{}")), 1);
    }

    #[test]
    fn the_last_bracket_of_a_type_is_joined_to_nothing() {
        let parser = |input: ParseStream<'_>| {
            let ty = take_type(input);
            input.parse::<TokenStream>().map(|_| ty)
        };
        let ty = parser.parse_str("A<B>= 4").expect("the text should be tokens");
        assert!(ty.into_iter().last().is_some_and(|last| !is_joint(&last)));
    }
}
