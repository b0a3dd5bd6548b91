//! The interface of the published crates, listed in the repository, so that a change of it is seen in review.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, bail};

use crate::{expected::Mode, process::output_of, snapshot, tool, toolchain, top};

/// Each with the target that it is listed for: on Windows, fewer alignments are supported. Macros are for the host.
const PACKAGES: [(&str, &[&str]); 2] =
    [("mem-blocks", &["--target", "x86_64-unknown-linux-gnu"]), ("mem-blocks-macros", &[])];

/// Traits of the compiler's own, which no stable program can name: they come and go with its version.
const UNSTABLE: [&str; 3] =
    ["core::marker::Freeze", "core::marker::StructuralPartialEq", "core::marker::UnsafeUnpin"];

pub(super) fn check(mode: Mode) -> Result<()> {
    for (package, target) in PACKAGES {
        let found = list(package, target)?;
        let file = top().join(package).join("public-api.txt");
        snapshot::compare(&file, &found, mode).or_else(|error| {
            let old = fs::read_to_string(&file).unwrap_or_default();
            let changes = changes(&old, &found);
            if changes.is_empty() {
                return Err(error);
            }
            bail!(
                "the interface of {package} is not what {package}/public-api.txt says; if that is meant, `cargo xtask \
                supply --write` writes it:\n{changes}"
            )
        })?;
        println!("{package}: {} lines of interface", found.lines().count());
    }
    Ok(())
}

/// With all features; implementations for all types are left out, those of auto traits, such as `Send`, are not.
fn list(package: &str, target: &[&str]) -> Result<String> {
    let mut cargo = tool::PUBLIC_API.nightly_cargo()?;
    cargo.env("CARGO_TARGET_DIR", toolchain::target_dir().join("public-api"));
    // The listing brings its own.
    cargo.env_remove("RUSTDOCFLAGS");
    cargo.args(["public-api", "--package", package, "--all-features"]).args(target);
    cargo.args(["--omit", "blanket-impls", "--color", "never"]);
    let listing = output_of(&mut cargo).with_context(|| {
        format!(
            "no interface of {package}; if the target is missing, `rustup target add --toolchain nightly \
            x86_64-unknown-linux-gnu` helps"
        )
    })?;
    let stable = listing.lines().filter(|line| !is_unstable(line));
    Ok(stable.flat_map(|line| [line, "\n"]).collect())
}

/// `impl core::marker::Freeze for ..`, with or without parameters or a `!`.
fn is_unstable(line: &str) -> bool {
    line.starts_with("impl")
        && UNSTABLE.iter().any(|name| {
            line.contains(&format!(" {name} for ")) || line.contains(&format!(" !{name} for "))
        })
}

/// What has gone and what has come.
fn changes(old: &str, new: &str) -> String {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (old, new) = (lines(old), lines(new));
    let gone = old.difference(&new).map(|line| format!("- {line}\n"));
    gone.chain(new.difference(&old).map(|line| format!("+ {line}\n"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traits_of_the_compiler_are_not_listed() {
        assert!(is_unstable("impl core::marker::Freeze for mem_blocks::AllocError"));
        assert!(is_unstable(
            "impl<const W: usize> !core::marker::Freeze for mem_blocks::Bitmap<W>"
        ));
        assert!(!is_unstable(
            "impl<T> core::marker::Send for mem_blocks::Block<T> where T: core::marker::Send"
        ));
    }

    #[test]
    fn changes_are_what_has_gone_and_what_has_come() {
        assert_eq!(changes("a\nb\n", "b\nc\n"), "- a\n+ c\n");
        assert_eq!(changes("a\nb\n", "b\na\n"), "");
    }
}
