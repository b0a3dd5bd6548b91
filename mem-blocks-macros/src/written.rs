//! What was written, as text: for the messages of the macros, and those of the runtime crate about
//! values.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use crate::scan;

/// The tokens as text; of many, the beginning.
pub(crate) fn written(tokens: &TokenStream) -> String {
    const LENGTH: usize = 80;
    let text = text(tokens);
    let mut shortened: String = text.chars().take(LENGTH).collect();
    if shortened.len() < text.len() {
        shortened.push_str("..");
    }
    shortened
}

/// All of them, with spaces where they are usual: tokens know nothing of those that were
/// there. `<` and `>` have none, because they are brackets of a type more often than operators.
fn text(tokens: &TokenStream) -> String {
    let mut text = String::new();
    let mut after_operand = false;
    let mut after_word = false;
    for token in tokens.clone() {
        let word = match &token {
            TokenTree::Ident(word) => Some(word.to_string()),
            TokenTree::Literal(literal) => Some(literal.to_string()),
            TokenTree::Group(_) | TokenTree::Punct(_) => None,
        };
        let is_keyword = matches!(&token, TokenTree::Ident(word) if scan::is_keyword(word));
        match &token {
            TokenTree::Punct(punct) => match punct.as_char() {
                sign @ (',' | ';') => text.extend([sign, ' ']),
                sign if punct.spacing() == Spacing::Alone
                    && (sign == '=' || after_operand && "+-*/%^&|".contains(sign)) =>
                {
                    text.extend([' ', sign, ' ']);
                }
                sign => {
                    if after_word && !after_operand {
                        text.push(' ');
                    }
                    text.push(sign);
                }
            },
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace if group.stream().is_empty() => ("{", "}"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                let content = self::text(&group.stream());
                text.extend([open, &content, close]);
            }
            _ => {
                if after_word {
                    text.push(' ');
                }
                text.extend(word.as_deref());
            }
        }
        after_word = word.is_some();
        after_operand = !is_keyword && !matches!(token, TokenTree::Punct(_));
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn tokens_are_quoted_without_spaces_of_their_own() {
        for text in [
            "",
            "&BUFFER",
            "-4",
            "<T>",
            "a::b",
            "a as b",
            "f(1)",
            "&'a b",
            "'a' as u8",
            "2 * LINE + 1",
            "-a * -b",
            "= A::new()",
            "a as *const u8",
            "[&a, *b]",
            "MemBlocks<[u8; 64], { 2 * N }>",
            "<A as B>::C",
            "1<<4",
            "A{}",
        ] {
            let tokens = text.parse().expect("the text should be tokens");
            assert_eq!(written(&tokens), text);
        }
    }

    #[test]
    fn of_much_the_beginning_is_quoted() {
        let written = |length: usize| {
            let tokens = "ä".repeat(length).parse().expect("the text should be tokens");
            written(&tokens)
        };
        assert_eq!(written(80), "ä".repeat(80));
        assert_eq!(written(81), "ä".repeat(80) + "..");
    }
}
