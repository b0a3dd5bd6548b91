//! The figures as text.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result};

use super::{
    build,
    contenders::{CALLS, CONTENDERS, Contender, PROPERTIES},
    measure::{Costs, Measured},
};
use crate::{
    cost::{self, Table},
    toolchain::Cross,
    top,
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
                costs.calls.get(&(blocks, at)).map_or_else(|| "-".to_owned(), cost::cell)
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
    let compilers: BTreeSet<_> = build::boards()
        .map(|(board, _)| Cross::find(board.target)?.version())
        .collect::<Result<_>>()?;
    let compilers: Vec<_> = compilers.into_iter().collect();
    Ok(format!("{}.\nFat LTO, rustc {}.\n", made_of()?, compilers.join(", ")))
}

/// The versions of the peers.
fn made_of() -> Result<String> {
    let lock = fs::read_to_string(top().join("bench/firmware/Cargo.lock"))
        .context("bench/firmware/Cargo.lock")?;
    let packages = CONTENDERS.iter().flat_map(|Contender { packages, .. }| *packages);
    let versions: Vec<_> = packages
        .map(|package| {
            let version = version_in(&lock, package)
                .with_context(|| format!("bench/firmware/Cargo.lock has no {package}"))?;
            Ok(format!("{package} {version}"))
        })
        .collect::<Result<_>>()?;
    Ok(versions.join(", "))
}

/// The version of a package in a lock file: the only one there, or the one that the programs themselves depend on.
fn version_in<'t>(lock: &'t str, package: &str) -> Option<&'t str> {
    let (name, dependency) = (format!("name = \"{package}\""), format!(" \"{package} "));
    let field = |part: &'t str| {
        let version = part.lines().find_map(|line| line.strip_prefix("version = \""));
        version?.strip_suffix('"')
    };
    let parts = || lock.split("[[package]]");
    let mut found = parts().filter(|part| part.lines().any(|line| line == name)).filter_map(field);
    if let (only, None) = (found.next(), found.next()) {
        return only;
    }
    let own = parts().find(|part| part.contains("name = \"peers\""))?;
    let line = own.lines().find_map(|line| line.strip_prefix(&*dependency))?;
    line.strip_suffix("\",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_only_one_or_our_own() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.3.4\"\n";
        assert_eq!(version_in(lock, "b"), Some("2.3.4"));
        assert_eq!(version_in(lock, "a"), None);
        let own = "\n[[package]]\nname = \"peers\"\nversion = \"0.0.0\"\ndependencies = [\n \"a-b\",\n \"b 3.0.0\",\n]\n";
        let other = "\n[[package]]\nname = \"b\"\nversion = \"3.0.0\"\n";
        assert_eq!(version_in(&format!("{lock}{other}{own}"), "b"), Some("3.0.0"));
    }

    #[test]
    fn the_lock_file_has_all_versions() {
        assert!(made_of().is_ok());
    }
}
