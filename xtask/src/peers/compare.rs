//! Whether `README.md` has the figures that were measured.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::{NAME, contenders::CONTENDERS};
use crate::cost::{self, OTHER_COMPILER};

/// Fails where a figure of ours is worse. Where it is better, or where one of a peer is another one, the README is out of
/// date; so it is where it has other rows, or names other versions of the peers. With another compiler only the rows, the
/// versions, and clearly worse figures of ours count.
pub(super) fn compare(old: &str, new: &str) -> Result<()> {
    let [(old_versions, old_compiler), (new_versions, new_compiler)] = [old, new].map(made_with);
    if old_versions != new_versions {
        bail!(
            "README.md names `{old_versions}`, measured were `{new_versions}`; `{NAME} --write` updates it"
        );
    }
    let same_compiler = old_compiler == new_compiler;
    let (old, new) = (cost::figures(old)?, cost::figures(new)?);
    if let Some(other) = first_difference(&old, &new) {
        bail!(
            "README.md has other figures than were measured: {other}; `{NAME} --write` updates it"
        );
    }
    let allowed = if same_compiler { 0 } else { OTHER_COMPILER };
    let (mut worse, mut other) = (Vec::new(), Vec::new());
    for (what, &new) in &new {
        let old = old[what];
        let line = format!("{what}: {old} in README.md, {new} measured");
        if is_ours(what) && new * 100 > old * (100 + allowed) {
            worse.push(line);
        } else if new != old {
            other.push(line);
        }
    }
    if !worse.is_empty() {
        bail!("worse than README.md says:\n  {}", worse.join("\n  "));
    }
    if same_compiler && !other.is_empty() {
        bail!("other than README.md says; `{NAME} --write` updates it:\n  {}", other.join("\n  "));
    }
    if !same_compiler {
        println!(
            "README.md has the figures of another compiler: {OTHER_COMPILER} per cent more of ours are allowed"
        );
    }
    Ok(())
}

/// A figure that only one of them has.
fn first_difference(old: &BTreeMap<String, u64>, new: &BTreeMap<String, u64>) -> Option<String> {
    let only = |one: &BTreeMap<String, u64>, other: &BTreeMap<String, u64>| {
        one.keys().find(|name| !other.contains_key(*name)).cloned()
    };
    only(old, new).or_else(|| only(new, old))
}

/// Whether a figure, named by table, column and row, is of our column.
fn is_ours(what: &str) -> bool {
    what.contains(&format!(", {}: ", CONTENDERS[0].title))
}

/// The last two lines: the versions of the peers, and the compiler.
fn made_with(text: &str) -> (&str, &str) {
    let mut lines = text.trim_end().lines().rev();
    let compiler = lines.next().unwrap_or_default();
    (lines.next().unwrap_or_default(), compiler)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(ours: &str, peer: &str, version: &str, compiler: &str) -> String {
        format!(
            "| Cortex-M3 | mem-blocks | talc |\n|---|--:|--:|\n| take one | {ours} | {peer} |\n\n\
            talc {version}.\nrustc {compiler}.\n"
        )
    }

    fn difference(new: &str) -> Option<String> {
        let old = text("10 / 2 / 8", "90 / 60 / 40", "5.1.1", "1.96.0");
        compare(&old, new).err().map(|error| error.to_string())
    }

    #[test]
    fn equal_tables_do_not_differ() {
        assert_eq!(difference(&text("10 / 2 / 8", "90 / 60 / 40", "5.1.1", "1.96.0")), None);
    }

    #[test]
    fn a_worse_figure_of_ours_fails_with_both_numbers() {
        let found = difference(&text("10 / 3 / 8", "90 / 60 / 40", "5.1.1", "1.96.0"));
        let line = "Cortex-M3, mem-blocks: take one, interrupts off: 2 in README.md, 3 measured";
        assert_eq!(found, Some(format!("worse than README.md says:\n  {line}")));
    }

    #[test]
    fn any_other_difference_wants_to_be_written_down() {
        for new in [
            text("9 / 2 / 8", "90 / 60 / 40", "5.1.1", "1.96.0"),
            text("10 / 2 / 8", "91 / 60 / 40", "5.1.1", "1.96.0"),
            text("10 / 2 / 8", "89 / 60 / 40", "5.1.1", "1.96.0"),
            text("10 / 2 / 8", "-", "5.1.1", "1.96.0"),
            text("10 / 2 / 8", "90 / 60 / 40", "5.1.2", "1.96.0"),
        ] {
            let found = difference(&new).unwrap();
            assert!(found.contains("--write") && !found.contains("worse"), "{found}");
        }
    }

    #[test]
    fn with_another_compiler_only_clearly_worse_figures_of_ours_count() {
        assert_eq!(difference(&text("11 / 2 / 8", "200 / 1 / 40", "5.1.1", "1.97.0")), None);
        assert!(difference(&text("12 / 2 / 8", "90 / 60 / 40", "5.1.1", "1.97.0")).is_some());
    }
}
