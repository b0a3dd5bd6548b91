//! Tables of exact figures in `README.md`: what is in them, and whether it is what was measured.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::{expected::Mode, readme, trace::Call};

/// By how many per cent our figures may be worse where another compiler made the code.
const OTHER_COMPILER: u64 = 15;

/// Measures, and does that with the tables of the command `name`.
pub(crate) fn check(
    mode: Mode,
    name: &str,
    measure: impl FnOnce() -> Result<String>,
    compare: impl FnOnce(&str, &str) -> Result<()>,
) -> Result<()> {
    let old = readme::generated(name)?;
    let new = measure()?;
    println!("{new}");
    match mode {
        Mode::Write => readme::replace_generated(name, &new),
        Mode::Compare => compare(&old, &new),
    }
}

/// A table: its title, what its columns are, and its rows.
pub(crate) struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    pub(crate) fn new(title: &str, columns: impl IntoIterator<Item = String>) -> Self {
        Table { title: title.to_owned(), columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, what: &str, cells: impl IntoIterator<Item = String>) {
        self.rows.push((what.to_owned(), cells.into_iter().collect()));
    }

    pub(crate) fn as_markdown(&self) -> String {
        let line = |first: &str, cells: &[String]| format!("| {first} | {} |\n", cells.join(" | "));
        let rule = format!("|---|{}\n", "--:|".repeat(self.columns.len()));
        let rows: String = self.rows.iter().map(|(what, cells)| line(what, cells)).collect();
        line(&self.title, &self.columns) + &rule + &rows
    }
}

/// The figures of a call.
pub(crate) fn cell(call: &Call) -> String {
    format!("{} / {} / {}", call.instructions, call.masked, call.stack)
}

/// Fails where a figure of ours is worse. Where it is better, or where one of others is another one, the README is out of
/// date; so it is where it has other figures. The last line names the compiler: with another one only clearly worse
/// figures of ours count, and which figures there are.
pub(crate) fn compare(
    name: &str,
    old: &str,
    new: &str,
    is_ours: impl Fn(&str) -> bool,
) -> Result<()> {
    let [old_compiler, new_compiler] = [old, new].map(|text| text.lines().last());
    let same_compiler = old_compiler == new_compiler;
    let (old, new) = (named(old)?, named(new)?);
    let names = |figures: &BTreeMap<String, u64>| figures.keys().cloned().collect::<BTreeSet<_>>();
    if let Some(other) = names(&old).symmetric_difference(&names(&new)).next() {
        bail!(
            "README.md has other figures than were measured: {other}; `{name} --write` updates it"
        );
    }
    let allowed = if same_compiler { 0 } else { OTHER_COMPILER };
    if !same_compiler {
        println!(
            "README.md has the figures of another compiler: {OTHER_COMPILER} per cent more of ours are allowed"
        );
    }
    let (mut worse, mut other) = (Vec::new(), Vec::new());
    let mut heading = "better";
    for (what, &new) in &new {
        let (old, is_ours) = (old[what], is_ours(what));
        let line = format!("{what}: {old} in README.md, {new} measured");
        if is_ours && new * 100 > old * (100 + allowed) {
            worse.push(line);
        } else if new != old {
            other.push(line);
            if !is_ours {
                heading = "other";
            }
        }
    }
    if !worse.is_empty() {
        bail!("worse than README.md says:\n  {}", worse.join("\n  "));
    }
    if same_compiler && !other.is_empty() {
        bail!(
            "{heading} than README.md says; `{name} --write` updates it:\n  {}",
            other.join("\n  ")
        );
    }
    Ok(())
}

/// The figures of all tables, each named by table, row and column.
pub(crate) fn named(text: &str) -> Result<BTreeMap<String, u64>> {
    const PARTS: [&str; 3] = ["", ", interrupts off", ", stack"];
    let mut found = BTreeMap::new();
    let mut head: Option<Vec<&str>> = None;
    for line in text.lines() {
        if !line.starts_with('|') {
            head = None;
            continue;
        }
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Some(head) = &head else {
            head = Some(cells);
            continue;
        };
        for (cell, column) in cells.iter().zip(head).skip(1) {
            for (figure, part) in cell.split(" / ").zip(PARTS) {
                if let Ok(figure) = figure.parse() {
                    let name = format!("{}, {column}: {}{part}", head[0], cells[0]);
                    if found.insert(name.clone(), figure).is_some() {
                        bail!("two figures have one name: {name}");
                    }
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(compiler: &str, cell: &str) -> String {
        let mut table = Table::new("32 blocks", ["Cortex-M3".to_owned()]);
        table.push("`alloc`", [cell.to_owned()]);
        format!("{}\nrustc {compiler}.", table.as_markdown())
    }

    fn difference(old: &str, new: &str) -> Option<String> {
        compare("cargo xtask any", old, new, |_| true).err().map(|error| error.to_string())
    }

    #[test]
    fn figures_are_named_by_table_row_and_column() {
        let found = named(&text("1.96.0", "23 / 11 / 8")).unwrap();
        let names = ["", ", interrupts off", ", stack"]
            .map(|part| format!("32 blocks, Cortex-M3: `alloc`{part}"));
        assert!(names.iter().zip([23, 11, 8]).all(|(name, figure)| found[name] == figure));
        assert_eq!(found.len(), 3);
        let row = "| t | c |\n|---|--:|\n| a | 1 |\n";
        assert!(named(&row.replace("| a | 1 |\n", "| a | 1 |\n| a | 2 |\n")).is_err());
    }

    #[test]
    fn equal_tables_do_not_differ() {
        let one = text("1.96.0", "100 / 4 / 8");
        assert_eq!(difference(&one, &one), None);
    }

    #[test]
    fn a_worse_figure_fails_with_both_numbers() {
        let old = text("1.96.0", "100 / 4 / 8");
        let worse = "worse than README.md says:\n  32 blocks, Cortex-M3: `alloc`";
        for (new, what) in [
            ("101 / 4 / 8", ": 100 in README.md, 101 measured"),
            ("100 / 5 / 8", ", interrupts off: 4 in README.md, 5 measured"),
            ("99 / 4 / 16", ", stack: 8 in README.md, 16 measured"),
        ] {
            let found = difference(&old, &text("1.96.0", new));
            assert_eq!(found, Some(format!("{worse}{what}")));
        }
    }

    #[test]
    fn a_better_figure_wants_to_be_written_down() {
        let found = difference(&text("1.96.0", "100 / 4 / 8"), &text("1.96.0", "99 / 4 / 8"));
        assert!(found.unwrap().starts_with("better than README.md says"));
    }

    #[test]
    fn another_compiler_may_give_slightly_worse_figures() {
        let old = text("1.96.0", "100 / 4 / 8");
        assert_eq!(difference(&old, &text("1.97.0", "115 / 4 / 8")), None);
        assert_eq!(difference(&old, &text("1.97.0", "50 / 4 / 8")), None);
        assert!(difference(&old, &text("1.97.0", "116 / 4 / 8")).is_some());
        assert!(difference(&old, &text("1.97.0", "100 / 5 / 8")).is_some());
    }

    #[test]
    fn a_figure_that_is_missing_is_a_difference() {
        let old = text("1.96.0", "100 / 4 / 8");
        assert!(difference(&old, &text("1.96.0", "100 / 4")).is_some());
        assert!(difference("", &old).is_some());
    }
}
