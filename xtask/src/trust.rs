//! The figures in the README's table "Why you may trust it": each is printed by the command that found it, and is
//! compared with the README, or written to it.

use anyhow::{Result, bail};

use crate::{expected::Mode, readme};

/// What a command has found, under the name that it has in the README.
///
/// For figures that are the same in every run: numbers of cases, not times.
pub(crate) fn figure(mode: Mode, name: &str, found: u64) -> Result<()> {
    let found = grouped(found);
    println!("{name}: {found}");
    let old = readme::generated(name)?;
    match mode {
        Mode::Write => readme::replace_figure(name, &found),
        Mode::Compare if old == found => Ok(()),
        Mode::Compare => {
            bail!("README.md says {old} {name}, found were {found}; `--write` updates it")
        }
    }
}

/// A number as people read it: `12 345 678`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let from_behind = |at: usize| digits.len() - at;
    let spaced = digits.char_indices().flat_map(|(at, digit)| {
        let space = at > 0 && from_behind(at) % 3 == 0;
        space.then_some('\u{a0}').into_iter().chain([digit])
    });
    spaced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grouped_numbers_have_a_space_every_three_digits() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1\u{a0}000");
        assert_eq!(grouped(1_234_567), "1\u{a0}234\u{a0}567");
    }
}
