//! Whether `README.md` has the figures that were measured.

use anyhow::{Result, bail};

use super::{NAME, contenders::CONTENDERS};
use crate::figures;

/// As [`figures::compare`]; and fails where the README names other versions of the peers.
pub(super) fn compare(old: &str, new: &str) -> Result<()> {
    let [old_versions, new_versions] = [old, new].map(versions);
    if old_versions != new_versions {
        bail!(
            "README.md names `{old_versions}`, measured were `{new_versions}`; `{NAME} --write` updates it"
        );
    }
    figures::compare(NAME, old, new, is_ours)
}

/// Whether a figure, named by table, column and row, is of our column.
fn is_ours(what: &str) -> bool {
    what.contains(&format!(", {}: ", CONTENDERS[0].title))
}

/// The last line but one, before that of the compiler: the versions of the peers.
fn versions(text: &str) -> &str {
    text.lines().rev().nth(1).unwrap_or_default()
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
