//! Programs for emulated microcontrollers: built, their ELF files checked, run under QEMU, their output compared.
//! And the negative controls: programs that are broken on purpose, of which each check must notice one.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{
    board::{BOARDS, Board, Buffer, Control},
    examples,
    image::{self, Image, Item, Region, overlap},
    process, snapshot,
    toolchain::{self, Cross},
};

/// What the macros call the two variables of an allocator, inside the allocator's own name.
pub(crate) const BUFFER: &str = "__MEM_BLOCKS_BUFFER";
pub(crate) const BITMAP: &str = "__MEM_BLOCKS_BITMAP";

pub(crate) fn check(mode: snapshot::Mode) -> Result<()> {
    for board in BOARDS {
        let cross = Cross::find(board.target)?;
        let names = examples::programs(&board.path("src/bin"))?;
        for name in &names {
            board.check(&cross, name, &[], mode).with_context(|| format!("firmware {name}"))?;
            println!("firmware {} {name}: ok", board.machine);
        }
        examples::no_stray_files(&board.path("expected"), &names)?;
        for control in board.controls {
            board.check_control(&cross, control)?;
        }
    }
    Ok(())
}

impl Board {
    /// All that is checked about one program.
    fn check(
        &self,
        cross: &Cross,
        program: &str,
        options: &[&str],
        mode: snapshot::Mode,
    ) -> Result<()> {
        let elf = build(cross, self, self.package, program, options)?;
        let image = Image::read(&elf)?;
        let mut wrong = image.strays(&image::regions(&self.path("memory.x"))?, self.load_region);
        match image.section_size(".data") {
            0 => {}
            size => wrong.push(format!(".data has {size} bytes")),
        }
        if program == self.placed {
            let regions = image::regions(&self.path("memory.x"))?;
            for buffer in self.buffers {
                wrong.extend(buffer.misplaced(&image, &regions, self.load_region)?);
            }
        }
        if let Some((_, pool)) = self.folded.filter(|(folded, _)| *folded == program) {
            wrong.extend(descriptor_left(&image, pool));
        }
        if program == "no_division" {
            let (divisions, instructions) = image.divisions();
            wrong.extend(divisions);
            if instructions < 500 {
                wrong.push(format!(
                    "found only {instructions} instructions: the check sees too little"
                ));
            }
        }
        if !wrong.is_empty() {
            bail!("{}:\n  {}", elf.display(), wrong.join("\n  "));
        }

        let mut emulator = self.emulator(&elf)?;
        let ended = process::run_limited(&mut emulator, Duration::from_secs(120), 1 << 16)?;
        if !ended.success {
            bail!("ended with {}; it printed:\n{}{}", ended.status, ended.stdout, ended.stderr);
        }
        let expected = self.path("expected").join(format!("{program}.txt"));
        snapshot::compare(&expected, &ended.stdout, mode)
    }

    /// Breaks one thing and wants to see the check fail for that reason.
    fn check_control(&self, cross: &Cross, control: &Control) -> Result<()> {
        let Control { options, program, says } = control;
        let name = format!("firmware {} {program} {}", self.machine, options.join(" "));
        let found = self.check(cross, program, options, snapshot::Mode::Compare);
        let Err(error) = found.map_err(|error| format!("{error:#}")) else {
            bail!("{name} passes: the check sees nothing");
        };
        let Some(line) = error.lines().find(|line| line.contains(says)) else {
            bail!("{name} fails, but not with `{says}`:\n{error}");
        };
        println!("{name}: refused, as it must be: {}", line.trim());
        Ok(())
    }
}

impl Buffer {
    /// What is wrong with the allocator's buffer, bitmap and descriptor.
    fn misplaced(
        &self,
        image: &Image,
        regions: &[Region],
        load_region: &str,
    ) -> Result<Vec<String>> {
        let name = self.allocator;
        let mut wrong = Vec::new();
        let region = |name: &str| {
            regions
                .iter()
                .find(|region| region.name == name)
                .map(|region| region.range.clone())
                .with_context(|| format!("no memory region {name}"))
        };
        let zeroed = image.between("__sbss", "__ebss")?;
        let copied = image.between("__sdata", "__edata")?;
        let own = || image.variables.iter().filter(|variable| variable.is_inside(name));
        let only = |what: &str| {
            let mut found = own().filter(|variable| variable.is_inside(what));
            match (found.next(), found.next()) {
                (Some(one), None) => Ok(one),
                (None, _) => bail!("{name}: the ELF file has no variable {what}"),
                (Some(_), Some(_)) => bail!("{name}: the ELF file has several variables {what}"),
            }
        };

        let buffer = only(BUFFER)?;
        if buffer.size() != self.size || buffer.section != self.section {
            wrong.push(format!("{name}: {buffer}, not {} bytes in {}", self.size, self.section));
        }
        if buffer.range.start % self.align != 0 {
            wrong.push(format!("{name}: {buffer} is not aligned to {}", self.align));
        }
        let wanted = region(self.region())?;
        if buffer.range.start < wanted.start || wanted.end < buffer.range.end {
            wrong.push(format!("{name}: {buffer} is not in {}", self.region()));
        }
        if image.is_loaded(&buffer.range) {
            wrong.push(format!("{name}: the image carries its bytes"));
        }
        let is_zeroed = overlap(&zeroed, &buffer.range);
        if is_zeroed != (self.section == ".bss") {
            let what = if is_zeroed { "start-up zeroes it" } else { "start-up does not zero it" };
            wrong.push(format!("{name}: {what}: {buffer}"));
        }
        if overlap(&copied, &buffer.range) {
            wrong.push(format!("{name}: start-up copies it: {buffer}"));
        }

        let bitmap = only(BITMAP)?;
        if bitmap.section != ".bss" || bitmap.size() != 4 * self.words {
            wrong.push(format!("{name}: bitmap: {bitmap}, not {} bytes in .bss", 4 * self.words));
        }
        let flash = region(load_region)?;
        let descriptors: Vec<_> = descriptors(image, name).collect();
        if self.is_passed_on && descriptors.len() != 1 {
            wrong.push(format!("{name}: {} descriptors instead of one", descriptors.len()));
        }
        for descriptor in descriptors {
            let inside = flash.start <= descriptor.range.start && descriptor.range.end <= flash.end;
            if descriptor.section != ".rodata" || !inside {
                wrong.push(format!("{name}: descriptor: {descriptor}, not in .rodata"));
            }
        }
        println!("  {name}: buffer: {buffer}; bitmap: {bitmap}");
        Ok(wrong)
    }
}

/// The variables inside the allocator's name that are neither its buffer nor its bitmap.
fn descriptors<'i>(image: &'i Image, allocator: &str) -> impl Iterator<Item = &'i Item> {
    let own = image.variables.iter().filter(move |variable| variable.is_inside(allocator));
    own.filter(|variable| !variable.is_inside(BUFFER) && !variable.is_inside(BITMAP))
}

/// The compiler sees through the name of an allocator to constants: of a program that only takes blocks from it and
/// gives them back, no part loads from the descriptor, which is therefore not in the image.
fn descriptor_left(image: &Image, allocator: &str) -> Option<String> {
    let is_there =
        |what| image.variables.iter().any(|own| own.is_inside(allocator) && own.is_inside(what));
    if !is_there(BUFFER) || !is_there(BITMAP) {
        return Some(format!("{allocator}: it is not used: the check sees nothing"));
    }
    let descriptor = descriptors(image, allocator).next()?;
    Some(format!("{allocator}: its descriptor is in the image: {descriptor}"))
}

/// Builds one program and gives the path of its ELF file.
pub(crate) fn build(
    cross: &Cross,
    board: &Board,
    package: &str,
    program: &str,
    options: &[&str],
) -> Result<PathBuf> {
    let mut cargo = cross.cargo("build", board.target, board.machine);
    cargo.args(["--quiet", "--release", "--package", package, "--bin", program]);
    cargo.args(options);
    let ended = process::capture(&mut cargo)?;
    if !ended.success {
        bail!("{program} does not build:\n{}", ended.stderr);
    }
    eprint!("{}", ended.stderr);
    let folder = toolchain::target_dir().join("firmware").join(board.machine);
    Ok(folder.join(board.target).join("release").join(program))
}
