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
