//! From what was read to what is given back: each item by itself, the right ones and the others.

use proc_macro2::TokenStream;

use crate::parse::Parsed;
use crate::validate::{self, Verdict};
use crate::{diagnostics, expand};

/// What becomes of the items.
pub(crate) fn items(items: Vec<Parsed>) -> TokenStream {
    items.into_iter().map(item).collect()
}

fn item(parsed: Parsed) -> TokenStream {
    match parsed {
        Parsed::Definition(definition, mistakes) => match validate::check(*definition, mistakes) {
            Verdict::Right(checked) => expand::definition(&checked),
            Verdict::Wrong { rest, can_be_judged, mistakes } => {
                let judgement = can_be_judged.then(|| expand::judgement(&rest));
                diagnostics::fallback(&rest.item, judgement.as_ref(), mistakes)
            }
        },
        Parsed::Foreign(conditions, rest, mistakes) => {
            diagnostics::beside(&conditions, rest, mistakes)
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::items;
    use crate::parse;

    /// What definitions are made of, and what else could stand between that.
    const WORDS: [&str; 59] = [
        "static",
        "POOL",
        ":",
        "MemBlocks",
        "<",
        ">",
        ",",
        "4",
        ";",
        "=",
        "u8",
        "[u8; 64]",
        "#",
        "[mem_blocks]",
        "[mem_blocks(align = 4)]",
        "[cfg(a)]",
        "[cfg_attr(a, mem_blocks(uninit))]",
        "[mem_blocks(unsafe(section = \".a\"), crate = b)]",
        "align",
        "uninit",
        "unsafe",
        "section",
        "(section = \".a\")",
        "buffer",
        "address",
        "listener",
        "crate",
        "pub",
        "pub(crate)",
        "pub(a)",
        "mut",
        "const",
        "let",
        "fn",
        "struct",
        "impl",
        "use",
        "dyn",
        "_",
        "::",
        "&",
        "'a",
        "->",
        "!",
        "?",
        "+",
        "<<",
        ">>",
        "-",
        "\"text\"",
        "1.5",
        "0x1_0000_0000_0000_0000_0000",
        "{ 2 * N }",
        "()",
        "{}",
        "[]",
        "as",
        "ref",
        ".",
    ];

    /// Words in a random order; the same each time.
    fn soup(state: &mut u64) -> TokenStream {
        loop {
            let mut random = |below: usize| {
                // Knuth's constants for a linear congruential generator; its high bits are the good ones.
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                usize::try_from(*state >> 40).unwrap_or_default() % below
            };
            let words: Vec<_> = (0..random(24)).map(|_| WORDS[random(WORDS.len())]).collect();
            if let Ok(tokens) = words.join(" ").parse() {
                return tokens;
            }
        }
    }

    #[test]
    fn every_soup_of_tokens_is_answered() {
        let mut state = 1;
        for _ in 0..5_000 {
            let tokens = soup(&mut state);
            let answer = items(parse::items(tokens.clone())).to_string();
            let is_answered = answer.contains("compile_error") || answer.contains("__mem_blocks");
            assert!(tokens.is_empty() || is_answered, "{tokens}");
            // What the compiler hands over with an attribute, it has an answer to itself.
            let options = soup(&mut state);
            items(parse::attribute(options, tokens));
        }
    }

    #[test]
    fn a_definition_behind_any_soup_is_completed() {
        let mut state = 2;
        let good: TokenStream =
            "; static GOOD: MemBlocks<u8, 4>;".parse().expect("the text should be tokens");
        for _ in 0..5_000 {
            let mut tokens = soup(&mut state);
            tokens.extend(good.clone());
            let answer = items(parse::items(tokens.clone())).to_string();
            assert!(answer.contains("& r#GOOD") || answer.contains("GOOD :"), "{tokens}");
        }
    }

    #[test]
    fn beside_mistakes_the_compiler_judges_values_if_the_runtime_crate_is_known() {
        let tokens = |text: &str| text.parse().expect("the text should be tokens");
        for (options, is_judged) in
            [("colour", true), ("crate = a, colour", true), ("crate = 4", false)]
        {
            let item = tokens("static POOL: MemBlocks<u8, 4>;");
            let completed = items(parse::attribute(tokens(options), item)).to_string();
            assert!(completed.contains("compile_error"), "{options}");
            assert_eq!(completed.contains("check_block"), is_judged, "{options}");
        }
    }

    #[test]
    fn a_type_that_is_none_is_forgotten_but_for_a_reference() {
        for (ty, is_kept) in [("&'static MemBlocks<u8, 4>", true), ("[MemBlocks<u8, 4>; 1]", false)]
        {
            let item = format!("static POOL: {ty};").parse().expect("the text should be tokens");
            let completed = items(parse::items(item)).to_string();
            assert!(completed.contains("compile_error"), "{ty}");
            assert_eq!(completed.contains("MemBlocks <"), is_kept, "{ty}");
        }
    }
}
