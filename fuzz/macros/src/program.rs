//! An input as a program for the compiler, with what its words name.

use std::fmt::Write as _;

use proc_macro2::{Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::input::{Fragment, split_attribute};

/// What the soup's words name, so that some definitions can be compiled.
const NAMES: &str = "\
#![allow(warnings)]
use mem_blocks::{BlockBuffer, Event, MemBlocks, RawMemBlocks, define_mem_blocks, mem_blocks};
const N: usize = 4;
const LINE: usize = 32;
type Frames = MemBlocks<[u8; 64], 4>;
struct Descriptor([u32; 8]);
static BUFFER: BlockBuffer<[u8; 64], 4> = BlockBuffer::new();
mod memory {
    pub static ALIGNED: mem_blocks::BlockBuffer<[u8; 64], 4, 64> = mem_blocks::BlockBuffer::new();
}
fn record(_: &RawMemBlocks, _: Event<'_>) {}
mod trace {
    pub fn record(_: &mem_blocks::RawMemBlocks, _: mem_blocks::Event<'_>) {}
}
trait Memory { const ALIGN: usize; type Pool; }
struct Board;
impl Memory for Board { const ALIGN: usize = 16; type Pool = Frames; }
macro_rules! pool { ($($tokens:tt)*) => { MemBlocks<u8, 4> }; }
";

/// The program of an input that has been read before; `None` if it has a `$` that `macro_rules!` would take for its own.
#[must_use]
pub fn write(text: &str) -> Option<String> {
    let tokens: TokenStream = text.parse().ok()?;
    let is_attribute = split_attribute(&tokens).is_some();
    let mut fragments = Vec::new();
    let outside = replace(tokens, &mut fragments);
    if fragments.is_empty() {
        return Some(format!("{NAMES}\n{}\n", call(text, is_attribute)));
    }
    if text.contains('$') {
        return None;
    }
    let (mut parameters, mut arguments) = (String::new(), String::new());
    for (number, (kind, tokens)) in fragments.iter().enumerate() {
        write!(parameters, "$f{number}:{kind}, ").ok()?;
        write!(arguments, "{tokens}, ").ok()?;
    }
    let call = call(&outside.to_string(), is_attribute);
    Some(format!(
        "{NAMES}\nmacro_rules! with_fragments {{ ({parameters}) => {{\n{call}\n}}; }}\nwith_fragments! {{ {arguments} }}\n"
    ))
}

fn call(text: &str, is_attribute: bool) -> String {
    if is_attribute { text.to_owned() } else { format!("define_mem_blocks! {{\n{text}\n}}") }
}

/// Puts `$fNUMBER` in place of each fragment; of one in another, only the outer one is one.
fn replace(tokens: TokenStream, fragments: &mut Vec<(&'static str, TokenStream)>) -> TokenStream {
    let mut out = TokenStream::new();
    let mut rest = tokens.into_iter();
    while let Some(token) = rest.next() {
        let ahead = rest.clone().take(2).collect::<Vec<_>>();
        if let Some(fragment) = Fragment::read(&token, &ahead) {
            rest.nth(1);
            let name = Ident::new(&format!("f{}", fragments.len()), Span::call_site());
            let content = flat(fragment.tokens);
            fragments.push((fragment.kind.word(), content));
            let dollar = Punct::new('$', Spacing::Alone);
            out.extend([TokenTree::Punct(dollar), TokenTree::Ident(name)]);
            continue;
        }
        out.extend([match token {
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), replace(group.stream(), fragments)).into()
            }
            token => token,
        }]);
    }
    out
}

/// Without the marks of fragments.
fn flat(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut rest = tokens.into_iter();
    while let Some(token) = rest.next() {
        let ahead = rest.clone().take(2).collect::<Vec<_>>();
        if let Some(fragment) = Fragment::read(&token, &ahead) {
            rest.nth(1);
            out.extend(flat(fragment.tokens));
            continue;
        }
        out.extend([match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), flat(group.stream())))
            }
            token => token,
        }]);
    }
    out
}
