//! `#[cfg_attr(PREDICATE, mem_blocks(..))]` on an item: two items, of which the predicate chooses one.
//!
//! The compiler resolves a `cfg_attr` in what a macro gives back, not in what it is given. So where
//! options depend on a predicate, the macros write the item once with them, under `cfg(PREDICATE)`,
//! and once without, under `cfg(not(PREDICATE))`.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote_spanned;
use syn::Token;
use syn::parse::{ParseStream, Parser as _};

use crate::scan;

/// As many conditions can the options of one item depend on: each doubles what is written.
const MOST: usize = 6;

/// Takes out the attributes that have options under more conditions than there can be, and gives the first of them.
pub(super) fn take_surplus(attrs: &mut Vec<TokenStream>) -> Option<TokenStream> {
    let mut found = 0_usize;
    let mut surplus = None;
    attrs.retain(|attr| {
        let conditions = conditions(attr);
        found = found.saturating_add(conditions);
        let is_surplus = conditions > 0 && found > MOST;
        if is_surplus {
            surplus.get_or_insert_with(|| attr.clone());
        }
        !is_surplus
    });
    surplus
}

/// The number of conditions of an attribute.
fn conditions(attr: &TokenStream) -> usize {
    branches(attr)
        .map_or(0, |[holds, _]| holds.iter().map(conditions).sum::<usize>().saturating_add(1))
}

/// The attributes of each variant of an item; one, if no options depend on a predicate.
pub(super) fn of(attrs: Vec<TokenStream>) -> Vec<Vec<TokenStream>> {
    let mut before = Vec::new();
    let mut attrs = attrs.into_iter();
    while let Some(attr) = attrs.next() {
        if let Some([holds, fails]) = branches(&attr) {
            let after: Vec<_> = attrs.collect();
            let variant = |branch| [before.clone(), branch, after.clone()].concat();
            return [variant(holds), variant(fails)].into_iter().flat_map(of).collect();
        }
        before.push(attr);
    }
    vec![before]
}

/// What stands for a `cfg_attr` with options of ours where its predicate holds, and where it does
/// not.
fn branches(attr: &TokenStream) -> Option<[Vec<TokenStream>; 2]> {
    let mut attr = attr.clone().into_iter();
    let (Some(pound), Some(TokenTree::Group(brackets))) = (attr.next(), attr.next()) else {
        return None;
    };
    let mut content = brackets.stream().into_iter();
    let list = match (content.next(), content.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Group(list))) if word == "cfg_attr" => list,
        _ => return None,
    };
    let mut parts = split.parse2(list.stream()).ok()?.into_iter();
    let predicate = parts.next()?;
    let conditional: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    // Inside as well: it may be a `cfg_attr` in a `cfg_attr`.
    if !conditional.iter().any(|part| scan::mentions(part, "mem_blocks")) {
        return None;
    }
    let span = pound.span();
    let mut holds = vec![quote_spanned!(span=> #[cfg(#predicate)])];
    holds.extend(conditional.into_iter().map(|attr| quote_spanned!(span=> #[#attr])));
    Some([holds, vec![quote_spanned!(span=> #[cfg(not(#predicate))])]])
}

/// What stands between commas.
fn split(input: ParseStream<'_>) -> syn::Result<Vec<TokenStream>> {
    let mut parts = Vec::new();
    while !input.is_empty() {
        parts.push(scan::take_to_comma(input));
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use proc_macro2::{TokenStream, TokenTree};

    use super::{of, take_surplus};

    fn read(attrs: &str) -> Vec<TokenStream> {
        let attrs: TokenStream = attrs.parse().expect("the text should be tokens");
        let attrs: Vec<TokenTree> = attrs.into_iter().collect();
        attrs.chunks(2).map(|attr| attr.iter().cloned().collect()).collect()
    }

    fn variants(attrs: &str) -> Vec<String> {
        let text = |attrs: Vec<TokenStream>| {
            attrs.iter().map(ToString::to_string).collect::<String>().replace(' ', "")
        };
        of(read(attrs)).into_iter().map(text).collect()
    }

    #[test]
    fn attributes_without_options_of_ours_are_left_alone() {
        for attrs in [
            "",
            "#[mem_blocks(align=4)]#[cfg(a)]",
            "#[cfg_attr(a,cfg(b))]#[inline]",
            "#[cfg_attr(mem_blocks,inline)]",
            "#[cfg_attr]",
            "#[doc(a,mem_blocks)]",
        ] {
            assert_eq!(variants(attrs), [attrs]);
        }
    }

    #[test]
    fn a_predicate_makes_two_variants() {
        assert_eq!(
            variants("#[a]#[cfg_attr(all(b,c),d,mem_blocks(uninit))]#[e]"),
            ["#[a]#[cfg(all(b,c))]#[d]#[mem_blocks(uninit)]#[e]", "#[a]#[cfg(not(all(b,c)))]#[e]"]
        );
    }

    #[test]
    fn predicates_are_combined() {
        assert_eq!(
            variants("#[cfg_attr(a,mem_blocks())]#[cfg_attr(b,mem_blocks)]"),
            [
                "#[cfg(a)]#[mem_blocks()]#[cfg(b)]#[mem_blocks]",
                "#[cfg(a)]#[mem_blocks()]#[cfg(not(b))]",
                "#[cfg(not(a))]#[cfg(b)]#[mem_blocks]",
                "#[cfg(not(a))]#[cfg(not(b))]",
            ]
        );
        assert_eq!(
            variants("#[cfg_attr(a,cfg_attr(b,mem_blocks))]"),
            ["#[cfg(a)]#[cfg(b)]#[mem_blocks]", "#[cfg(a)]#[cfg(not(b))]", "#[cfg(not(a))]"]
        );
    }

    #[test]
    fn a_seventh_condition_is_too_many() {
        let nested = "#[cfg_attr(a, cfg_attr(b, cfg_attr(c, cfg_attr(d, mem_blocks))))]";
        let pair = "#[cfg_attr(a, cfg_attr(b, mem_blocks))]";
        let one = "#[cfg_attr(e, mem_blocks)]";
        let surplus = |text: &str| {
            let mut attrs = read(text);
            let first = take_surplus(&mut attrs).map(|attr| attr.to_string());
            (attrs.len(), first)
        };
        assert_eq!(surplus(&[nested, pair, "#[inline]"].concat()), (3, None));
        let (rest, first) = surplus(&[nested, pair, one, "#[inline]", pair].concat());
        assert_eq!(rest, 3);
        assert_eq!(first.map(|attr| attr.replace(' ', "")), Some(one.replace(' ', "")));
    }
}
