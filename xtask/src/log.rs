//! A log of defmt: the frames that a program has written, as the text that a user reads.

use std::{
    fs::{self, File},
    path::Path,
    process::Command,
};

use anyhow::{Context, Result};

use crate::{process, tool};

/// The program that writes frames instead of text.
pub(crate) const PROGRAM: &str = "logged";

/// Decodes the frames with the table in the program's ELF file, by the tool that users have for it.
pub(crate) fn decode(elf: &Path, frames: &[u8]) -> Result<String> {
    let path = elf.with_extension("frames");
    fs::write(&path, frames).with_context(|| format!("cannot write {}", path.display()))?;
    let mut print = Command::new(tool::DEFMT_PRINT.program()?);
    // The message alone; without the second, what is no frame is passed over in silence.
    print.args(["--log-format", "{s}", "--show-skipped-frames", "-e"]).arg(elf);
    print.env("NO_COLOR", "1").stdin(File::open(&path)?);
    process::output_of(&mut print)
}
