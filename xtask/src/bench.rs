//! How fast the allocator is on the host, beside others in the same run. And the tables and the picture of it in
//! `README.md`.
//!
//! A benchmark: a time is never compared with one of another run. What measures is the program in `bench/`.

mod measured;
mod picture;
mod svg;
mod tables;

use std::fs;

use anyhow::{Context, Result};

use crate::{
    benchmark::{self, Mode},
    process, toolchain, top,
};
use measured::Measured;

const NAME: &str = "cargo xtask bench";

/// The picture that the README shows.
const PICTURE: &str = "docs/bench.svg";

pub(crate) fn run(mode: Mode) -> Result<()> {
    let mut cargo = toolchain::cargo();
    cargo.current_dir(top().join("bench")).args(["run", "--quiet", "--release", "--locked"]);
    if mode == Mode::Quick {
        cargo.args(["--", "--quick"]);
    } else {
        println!("measuring: this takes a minute or two");
    }
    let measured = Measured::read(&process::output_of(&mut cargo)?)?;

    let new = tables::of(&measured)?;
    let picture = picture::of(&measured)?;
    if mode == Mode::Write {
        fs::write(top().join(PICTURE), picture).context(PICTURE)?;
    }
    benchmark::finish(mode, NAME, &new)
}
