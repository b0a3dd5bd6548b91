//! A text as what a macro is called with.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn_full::parse::{Parse, ParseStream, Parser as _};

/// Marks a fragment in an input: `fragment!(KIND: TOKENS)`.
pub const MARKER: &str = "fragment";

/// What a macro is called with.
///
/// A text that begins with `#[mem_blocks]` or `#[mem_blocks(OPTIONS)]` is an item with that attribute, any other is the
/// content of `define_mem_blocks!`.
#[derive(Debug)]
pub struct Input {
    /// The options, if it is an attribute; `Some` of nothing if there are none.
    pub(crate) options: Option<TokenStream>,
    pub(crate) items: TokenStream,
    /// How deep groups lie in groups.
    pub(crate) depth: usize,
}

impl Input {
    /// Reads a text, unless it is nothing that a compiler would hand to the macros: if it is not tokens, a fragment is not
    /// of its kind, or the nesting is too deep. Nor if it has errors of its own, which nobody could tell from the macros'.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.contains("compile_error") || text.contains("__mem_blocks") {
            return None;
        }
        let tokens: TokenStream = text.parse().ok()?;
        let depth = depth(&tokens);
        if depth > MAX_DEPTH {
            return None;
        }
        let (options, items) = match split_attribute(&tokens) {
            Some((options, item)) => (Some(with_fragments(options)?), item),
            None => (None, tokens),
        };
        Some(Self { options, items: with_fragments(items)?, depth })
    }
}

/// How deep groups may lie in groups: deeper than the macros read, and not so deep that what judges them has no stack.
pub(crate) const MAX_DEPTH: usize = 200;

fn depth(tokens: &TokenStream) -> usize {
    // Not by recursion: it is what is to be found out.
    let mut deepest = 0;
    let mut groups = vec![(1, tokens.clone())];
    while let Some((depth, stream)) = groups.pop() {
        if depth > MAX_DEPTH {
            return depth;
        }
        deepest = deepest.max(depth);
        groups.extend(stream.into_iter().filter_map(|token| match token {
            TokenTree::Group(group) => Some((depth + 1, group.stream())),
            _ => None,
        }));
    }
    deepest
}

/// The options and the item, where the text begins with the attribute.
pub(crate) fn split_attribute(tokens: &TokenStream) -> Option<(TokenStream, TokenStream)> {
    let mut tokens = tokens.clone().into_iter();
    let (Some(TokenTree::Punct(pound)), Some(TokenTree::Group(brackets))) =
        (tokens.next(), tokens.next())
    else {
        return None;
    };
    if pound.as_char() != '#' || brackets.delimiter() != Delimiter::Bracket {
        return None;
    }
    let mut content = brackets.stream().into_iter();
    let options = match (content.next(), content.next(), content.next()) {
        (Some(TokenTree::Ident(name)), None, None) if name == "mem_blocks" => TokenStream::new(),
        (Some(TokenTree::Ident(name)), Some(TokenTree::Group(options)), None)
            if name == "mem_blocks" && options.delimiter() == Delimiter::Parenthesis =>
        {
            options.stream()
        }
        _ => return None,
    };
    Some((options, tokens.collect()))
}

/// The tokens with groups without delimiters in place of the marks; `None` if one is not of its kind.
fn with_fragments(tokens: TokenStream) -> Option<TokenStream> {
    let mut out = TokenStream::new();
    let mut rest = tokens.into_iter();
    while let Some(token) = rest.next() {
        let ahead = rest.clone().take(2).collect::<Vec<_>>();
        if let Some(fragment) = Fragment::read(&token, &ahead) {
            rest.nth(1);
            let stream = with_fragments(fragment.tokens)?;
            if !fragment.kind.is_of(&stream) {
                return None;
            }
            out.extend([TokenTree::Group(Group::new(Delimiter::None, stream))]);
            continue;
        }
        out.extend([match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), with_fragments(group.stream())?))
            }
            token => token,
        }]);
    }
    Some(out)
}

/// What `fragment!(KIND: TOKENS)` says.
pub(crate) struct Fragment {
    pub(crate) kind: Kind,
    pub(crate) tokens: TokenStream,
}

impl Fragment {
    /// Reads it from the first token and the next two.
    pub(crate) fn read(token: &TokenTree, ahead: &[TokenTree]) -> Option<Self> {
        let (TokenTree::Ident(word), [TokenTree::Punct(bang), TokenTree::Group(group)]) =
            (token, ahead)
        else {
            return None;
        };
        if word != MARKER || bang.as_char() != '!' {
            return None;
        }
        let mut content = group.stream().into_iter();
        let (Some(TokenTree::Ident(kind)), Some(TokenTree::Punct(colon))) =
            (content.next(), content.next())
        else {
            return None;
        };
        (colon.as_char() == ':').then_some(())?;
        Some(Self { kind: Kind::of(&kind)?, tokens: content.collect() })
    }
}

/// The kinds of fragments that a compiler makes groups of.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Block,
    Expr,
    Item,
    Literal,
    Meta,
    Path,
    Ty,
    Vis,
}

impl Kind {
    fn of(word: &Ident) -> Option<Self> {
        let kinds = [
            Self::Block,
            Self::Expr,
            Self::Item,
            Self::Literal,
            Self::Meta,
            Self::Path,
            Self::Ty,
            Self::Vis,
        ];
        kinds.into_iter().find(|kind| word == kind.word())
    }

    /// As `macro_rules!` has it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Expr => "expr",
            Self::Item => "item",
            Self::Literal => "literal",
            Self::Meta => "meta",
            Self::Path => "path",
            Self::Ty => "ty",
            Self::Vis => "vis",
        }
    }

    fn is_of(self, tokens: &TokenStream) -> bool {
        match self {
            Self::Block => parses::<syn_full::Block>(tokens),
            Self::Expr => parses::<syn_full::Expr>(tokens),
            Self::Item => parses::<syn_full::Item>(tokens),
            Self::Literal => {
                let literal = |input: ParseStream<'_>| {
                    input.parse::<Option<syn_full::Token![-]>>()?;
                    input.parse::<syn_full::Lit>()
                };
                literal.parse2(tokens.clone()).is_ok()
            }
            Self::Meta => parses::<syn_full::Meta>(tokens),
            Self::Path => parses::<syn_full::Path>(tokens),
            Self::Ty => parses::<syn_full::Type>(tokens),
            Self::Vis => parses::<syn_full::Visibility>(tokens),
        }
    }
}

/// Whether the tokens are one of these, and nothing else.
pub(crate) fn parses<T: Parse>(tokens: &TokenStream) -> bool {
    syn_full::parse2::<T>(tokens.clone()).is_ok()
}
