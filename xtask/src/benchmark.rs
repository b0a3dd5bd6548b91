//! What the commands that measure time have in common. A time is never compared with one of another run, and never
//! asserted.

use anyhow::{Result, bail};

use crate::readme;

/// What to do with the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Print those of one round, and see that the README's have the same rows: the command still works.
    Quick,
    /// Print them.
    Print,
    /// Write them to the README.
    Write,
}

/// Does that with the tables of the command `name`.
pub(crate) fn finish(mode: Mode, name: &str, new: &str) -> Result<()> {
    println!("{new}");
    match mode {
        Mode::Quick if shape(&readme::generated(name)?) == shape(new) => Ok(()),
        Mode::Quick => bail!("README.md has other rows or columns; `{name} --write` updates them"),
        Mode::Print => Ok(()),
        Mode::Write => readme::replace_generated(name, new),
    }
}

/// The value in the middle, the upper one of two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What the tables are about: their heads, and the first column of the other rows.
fn shape(tables: &str) -> Vec<&str> {
    let rows: Vec<_> = tables.lines().filter(|line| line.starts_with('|')).collect();
    let heads = rows.iter().skip(1).map(|below| below.starts_with("|-")).chain([false]);
    let first_column = |row: &'_ str| row.split('|').nth(1).unwrap_or_default().len() + 1;
    let shown = |(row, is_head)| if is_head { row } else { &row[..first_column(row)] };
    rows.iter().copied().zip(heads).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_value_in_the_middle() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![3.0]) - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn tables_of_other_times_have_the_same_shape() {
        let table = |time| format!("| first | seconds |\n|---|--:|\n| a crate | {time} |\nnotes\n");
        assert_eq!(shape(&table("1.00")), shape(&table("2.00")));
        assert_ne!(shape(&table("1.00")), shape(&table("1.00").replace("a crate", "another")));
        assert_ne!(shape(&table("1.00")), shape(&table("1.00").replace("seconds", "hours")));
    }
}
