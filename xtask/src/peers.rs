//! mem-blocks beside its peers: instructions, interrupts off and stack, counted under QEMU; bytes, measured on ELF files.
//! All in one run, with the same calls. And the tables of it in `README.md`.

mod build;
mod compare;
mod contenders;
mod measure;
mod tables;

use anyhow::Result;

pub(crate) use build::{boards, cargo};

use crate::{expected::Mode, figures};

const NAME: &str = "cargo xtask peers";

pub(crate) fn check(mode: Mode) -> Result<()> {
    figures::check(mode, NAME, || tables::all(&measure::all()?), compare::compare)
}
