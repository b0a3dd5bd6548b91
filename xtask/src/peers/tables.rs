//! The figures as text.

use anyhow::{Context, Result};

use super::{
    build,
    contenders::{CALLS, CONTENDERS, Contender, PROPERTIES},
    measure::{Costs, Measured},
};
use crate::{
    figures::{Table, cell},
    lock_file, toolchain,
};

/// Everything between the markers in the README.
pub(super) fn all(measured: &[Measured]) -> Result<String> {
    let (first, rest) = measured.split_first().context("nothing was measured")?;
    let rest: Vec<_> = rest.iter().map(of_core).collect();
    Ok(format!(
        "{}\n{}\n<details>\n<summary>Optimised for speed, and on other cores</summary>\n\n{}\n</details>\n\n{}",
        of_core(first),
        properties(),
        rest.join("\n"),
        made_with()?,
    ))
}

fn titles() -> impl Iterator<Item = String> {
    CONTENDERS.iter().map(|contender| contender.title.to_owned())
}

/// The table of one kind of core with one profile.
fn of_core(measured: &Measured) -> String {
    let Measured { core, opt_level, blocks, contenders } = measured;
    let mut table = Table::new(&format!("{core}, `opt-level = {opt_level}`"), titles());
    let mut push = |what: &str, cell: &dyn Fn(&Costs) -> String| {
        table.push(what, contenders.iter().map(cell));
    };
    for &blocks in *blocks {
        for (at, call) in CALLS.iter().enumerate() {
            if !call.with_any && blocks != 32 {
                continue;
            }
            let what = if blocks == 32 {
                call.what.to_owned()
            } else {
                format!("{blocks} blocks: {}", call.what)
            };
            push(&what, &|costs| {
                costs.calls.get(&(blocks, at)).map_or_else(|| "-".to_owned(), cell)
            });
        }
    }
    push("code of taking and giving back one, bytes", &|costs| costs.code.to_string());
    for blocks in *blocks {
        let what = format!("RAM beside the {blocks} blocks, bytes");
        push(&what, &|costs| costs.ram[blocks].to_string());
    }
    table.as_markdown()
}

fn properties() -> String {
    let mut table = Table::new("", titles());
    for (at, what) in PROPERTIES.iter().enumerate() {
        table.push(what, CONTENDERS.iter().map(|contender| contender.properties[at].to_owned()));
    }
    table.as_markdown()
}

/// The versions of the peers, and of the compiler on a line of its own.
fn made_with() -> Result<String> {
    let compilers = toolchain::cross_versions(build::boards().map(|(board, _)| board.target))?;
    Ok(format!("{}.\nFat LTO, rustc {compilers}.\n", made_of()?))
}

/// The versions of the peers.
fn made_of() -> Result<String> {
    let packages = CONTENDERS.iter().flat_map(|Contender { packages, .. }| *packages);
    lock_file::versions("bench/firmware", "peers", packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_has_all_versions() {
        assert!(made_of().is_ok());
    }
}
