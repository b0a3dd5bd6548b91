//! How deep groups lie in groups: deeper than anybody writes, the stack would not do, for whatever reads a group by calling
//! itself.

use proc_macro2::{Group, TokenStream, TokenTree};

/// As deep as groups can lie in groups: the compiler's own limit for most of what it has to do so.
const MOST: usize = 128;

/// A group that lies deeper.
pub(super) fn too_deep(tokens: &TokenStream) -> Option<Group> {
    // Without calling itself.
    let mut found = vec![(1, tokens.clone())];
    while let Some((depth, stream)) = found.pop() {
        for token in stream {
            let TokenTree::Group(group) = token else { continue };
            if depth > MOST {
                return Some(group);
            }
            found.push((depth.saturating_add(1), group.stream()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    #[test]
    fn groups_lie_128_deep_at_most() {
        let is_too_deep = |depth: usize| {
            let text = format!("a {{ b }} {}4{}", "(".repeat(depth), ")".repeat(depth));
            too_deep(&text.parse().expect("the text should be tokens")).is_some()
        };
        assert!(!is_too_deep(128));
        assert!(is_too_deep(129));
        assert!(is_too_deep(5_000));
    }
}
