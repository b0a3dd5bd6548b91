//! How the programs of `bench/firmware` are built, and for what.

use std::{path::PathBuf, process::Command};

use anyhow::{Result, bail};

use crate::{
    board::{BOARDS, Board},
    process,
    toolchain::{self, Cross},
    top,
};

/// The boards by name, and how many blocks each has RAM for.
const ON: [(&str, &[u64]); 3] =
    [("mps2-an385", &[32, 128, 1024]), ("microbit", &[32]), ("virt-imac", &[32, 128, 1024])];

/// The profiles, and their `opt-level`.
pub(super) const PROFILES: [(&str, &str); 2] = [("release", "\"s\""), ("speed", "3")];

/// What the programs are built for: cargo's feature, if it takes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// The calls, with so many blocks.
    Calls(u64),
    /// The size of the code.
    Code,
}

impl For {
    fn feature(self) -> Option<String> {
        match self {
            For::Calls(32) => None,
            For::Calls(blocks) => Some(format!("blocks-{blocks}")),
            For::Code => Some("code".to_owned()),
        }
    }
}

/// The boards that the programs are built for, and the numbers of blocks.
pub(crate) fn boards() -> impl Iterator<Item = (&'static Board, &'static [u64])> {
    ON.iter().filter_map(|(name, blocks)| {
        BOARDS.iter().find(|board| board.name == *name).map(|board| (board, *blocks))
    })
}

/// A cargo in the programs' folder.
pub(crate) fn cargo(cross: &Cross, subcommand: &str, board: &Board) -> Result<Command> {
    let mut cargo = cross.cargo(subcommand, board.target, board.name)?;
    cargo.current_dir(top().join("bench/firmware")).env("CARGO_TARGET_DIR", target_dir(board));
    Ok(cargo)
}

/// Builds all programs. Those of another `For` are replaced.
pub(super) fn build(cross: &Cross, board: &Board, profile: &str, what: For) -> Result<()> {
    let mut cargo = cargo(cross, "build", board)?;
    cargo.args(["--quiet", "--bins", "--profile", profile]);
    if let Some(feature) = what.feature() {
        cargo.args(["--features", &feature]);
    }
    let ended = process::capture(&mut cargo)?;
    if !ended.status.success() {
        bail!("bench/firmware for {} does not build:\n{}", board.name, ended.stderr);
    }
    eprint!("{}", ended.stderr);
    Ok(())
}

/// Where the build of a program is.
pub(super) fn built(board: &Board, profile: &str, program: &str) -> PathBuf {
    target_dir(board).join(board.target).join(profile).join(program)
}

fn target_dir(board: &Board) -> PathBuf {
    toolchain::target_dir().join("peers").join(board.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_board_is_known() {
        assert_eq!(boards().count(), ON.len());
        assert!(boards().all(|(board, _)| board.core.is_some()));
    }
}
