//! Token soup: an input, changed here and there by the words that definitions are made of, and by others.

use std::str::FromStr as _;

use fastrand::Rng;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::definition;

/// What definitions are made of, what is nearly that, and what else could stand there; a line each.
const WORDS: &str = include_str!("words.txt");

const DELIMITERS: [Delimiter; 3] = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket];

/// Changes a text in some places; `None` if it is not tokens.
#[must_use]
pub fn mutate(text: &str, seed: u64) -> Option<String> {
    let mut random = Rng::with_seed(seed);
    let mut tokens: Vec<TokenTree> = TokenStream::from_str(text).ok()?.into_iter().collect();
    if random.u8(..8) == 0 {
        tokens.extend(TokenStream::from_str(&definition::write(&mut random)).ok()?);
    }
    for _ in 0..random.usize(1..=4) {
        change(&mut tokens, &mut random);
    }
    Some(tokens.into_iter().collect::<TokenStream>().to_string())
}

/// One change, here or in a group.
fn change(tokens: &mut Vec<TokenTree>, random: &mut Rng) {
    let groups: Vec<usize> =
        (0..tokens.len()).filter(|&at| matches!(tokens[at], TokenTree::Group(_))).collect();
    if let (Some(&at), true) = (random.choice(&groups), random.u8(..) < 160) {
        if let TokenTree::Group(group) = &tokens[at] {
            let mut content: Vec<TokenTree> = group.stream().into_iter().collect();
            change(&mut content, random);
            tokens[at] = Group::new(group.delimiter(), content.into_iter().collect()).into();
        }
        return;
    }
    let range = {
        let start = random.usize(..=tokens.len());
        let end = tokens.len().min(start + 1 + random.usize(..4));
        start..end
    };
    match random.u8(..10) {
        0..=3 => insert(tokens, range.start, word(random)),
        4 => drop(tokens.splice(range, word(random))),
        5 => drop(tokens.drain(range)),
        6 => {
            let copy = tokens[range.clone()].to_vec();
            for _ in 0..=random.usize(..4) {
                insert(tokens, range.start, copy.clone());
            }
        }
        7 => {
            let moved: Vec<_> = tokens.drain(range).collect();
            let to = random.usize(..=tokens.len());
            insert(tokens, to, moved);
        }
        8 => {
            let mut wrapped: TokenStream = tokens[range.clone()].iter().cloned().collect();
            let delimiter = DELIMITERS[random.usize(..DELIMITERS.len())];
            // Now and then, deep.
            let depth =
                if random.u8(..16) == 0 { random.usize(1..crate::input::MAX_DEPTH) } else { 1 };
            for _ in 0..depth {
                wrapped = TokenTree::Group(Group::new(delimiter, wrapped)).into();
            }
            drop(tokens.splice(range, wrapped));
        }
        _ => {
            let opened = tokens[range.clone()].iter().cloned().flat_map(|token| match token {
                TokenTree::Group(group) => group.stream(),
                token => token.into(),
            });
            let opened: Vec<_> = opened.collect();
            drop(tokens.splice(range, opened));
        }
    }
}

fn insert(tokens: &mut Vec<TokenTree>, at: usize, new: impl IntoIterator<Item = TokenTree>) {
    drop(tokens.splice(at..at, new));
}

fn word(random: &mut Rng) -> TokenStream {
    let words: Vec<_> = WORDS.lines().filter(|line| !line.is_empty()).collect();
    let word = words[random.usize(..words.len())];
    TokenStream::from_str(word).expect(word)
}
