//! Programs for emulated microcontrollers: built, their ELF files checked, run under QEMU, their output compared.
//! And the negative controls: programs that are broken on purpose, of which each check must notice one.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{
    board::{
        self, BOARDS, BUFFERS, BY_LOCK, Board, Buffer, Control, HANGS, LOAD_REGION, LOGGING,
        PACKAGE, Programs, WITH_STATS,
    },
    cost, examples,
    expected::Mode,
    image::{self, Image, Item, Region, overlap},
    log, process, snapshot,
    toolchain::Cross,
    trace::Trace,
};

/// What the macros call the variables of an allocator, inside the allocator's own name.
pub(crate) const BUFFER: &str = "__MEM_BLOCKS_BUFFER";
pub(crate) const BITMAP: &str = "__MEM_BLOCKS_BITMAP";
pub(crate) const OPERATIONS: &str = "__MEM_BLOCKS_OPERATIONS";

/// The program of whose buffers no byte may be touched, and their allocators.
const UNTOUCHED: (&str, &[&str]) = ("untouched", &["FRAMES", "ODD", "OTHER_RAM", "KEPT"]);

/// How long a program may run.
const LIMIT: Duration = Duration::from_secs(120);

/// The same, where it is broken so that it may never end.
const LIMIT_WHERE_IT_MAY_HANG: Duration = Duration::from_secs(30);

/// The program that links only where no panic can be reached.
const NO_PANIC: &str = "no_panic";

/// Two profiles: that of all programs, and the one of a firmware whose author has not thought of profiles.
pub(crate) const RELEASE: &str = "release";
const UNCONFIGURED: &str = "unconfigured";

/// The programs whose own variables are in `.data`: what they hold is in an `Option`, of which `None` is not zero.
const WITH_DATA: [&str; 2] = ["pairs", "storm"];

pub(crate) fn check(mode: Mode) -> Result<()> {
    let names = programs()?;
    let mut unused = names.clone();
    for board in BOARDS.iter().chain(BY_LOCK).chain(WITH_STATS).chain([&LOGGING]) {
        let cross = Cross::find(board.target)?;
        let names = board.choose(&names)?;
        build(&cross, board, RELEASE, &names, board.features)?;
        if names.iter().any(|name| name == NO_PANIC) {
            build(&cross, board, UNCONFIGURED, &[NO_PANIC.to_owned()], board.features)?;
            println!("firmware {} {NO_PANIC}: links with cargo's own profile too", board.name);
        }
        for name in &names {
            board
                .check(name, mode, LIMIT)
                .with_context(|| format!("firmware {} {name}", board.name))?;
            println!("firmware {} {name}: ok", board.name);
            unused.retain(|unused| unused != name);
        }
        for control in board.controls {
            board.check_control(&cross, control)?;
        }
    }
    if !unused.is_empty() {
        bail!("run on no board: {}", unused.join(", "));
    }
    examples::no_stray_files(&board::path("expected"), &names)
}

/// The programs that are run; those that are measured are run elsewhere.
fn programs() -> Result<Vec<String>> {
    let mut names = examples::programs(&board::path("src/bin"))?;
    names.retain(|name| !cost::is_measured(name));
    Ok(names)
}

impl Board {
    /// Those of the programs that are for this board.
    fn choose(&self, names: &[String]) -> Result<Vec<String>> {
        let known = |name: &str| {
            let found = names.iter().find(|found| *found == name);
            found.cloned().with_context(|| format!("{}: no program {name}", self.name))
        };
        let mut all = names.to_vec();
        all.retain(|name| name != log::PROGRAM);
        match self.programs {
            Programs::All => Ok(all),
            Programs::AllBut(one, reason) => {
                let one = known(one)?;
                println!("firmware {} {one}: not run: {reason}", self.name);
                all.retain(|name| *name != one);
                Ok(all)
            }
            Programs::Only(some) => some.iter().map(|name| known(name)).collect(),
        }
    }

    /// All that is checked about one program, which has been built.
    fn check(&self, program: &str, mode: Mode, limit: Duration) -> Result<()> {
        let elf = self.built(program);
        let image = Image::read(&elf)?;
        let regions = image::regions(&board::path("memory").join(self.memory))?;
        let mut wrong = image.strays(&regions, LOAD_REGION);
        wrong.extend(in_data(&image, program));
        match program {
            "allocators" => {
                for buffer in BUFFERS {
                    wrong.extend(buffer.misplaced(&image, &regions)?);
                }
            }
            "no_division" => {
                let (divisions, instructions) = image.divisions();
                wrong.extend(divisions);
                if instructions < 500 {
                    wrong.push(format!(
                        "found only {instructions} instructions: the check sees too little"
                    ));
                }
            }
            _ => {}
        }
        if !wrong.is_empty() {
            bail!("{}:\n  {}", elf.display(), wrong.join("\n  "));
        }

        let mut emulator = self.emulator(&elf)?;
        let ended = process::run_limited(&mut emulator, limit, 1 << 16)?;
        if !ended.status.success() {
            bail!("ended with {}; it printed:\n{}{}", ended.status, ended.stdout, ended.stderr);
        }
        let printed =
            if program == log::PROGRAM { log::decode(&elf, &ended.bytes)? } else { ended.stdout };
        let expected = board::path("expected").join(format!("{program}.txt"));
        snapshot::compare(&expected, &printed, mode)?;
        if program == UNTOUCHED.0 {
            let touched = touched(&Trace::record(self, &elf)?, &image)?;
            if !touched.is_empty() {
                bail!("{}:\n  {}", elf.display(), touched.join("\n  "));
            }
        }
        Ok(())
    }

    /// Breaks one thing and wants to see the check fail for that reason.
    fn check_control(&self, cross: &Cross, control: &Control) -> Result<()> {
        let Control { features, program, says } = control;
        let name = format!("firmware {} {program} {}", self.name, features.join(" "));
        let limit = if says.contains(&HANGS) { LIMIT_WHERE_IT_MAY_HANG } else { LIMIT };
        let found = build(cross, self, RELEASE, &[(*program).to_owned()], features)
            .and_then(|()| self.check(program, Mode::Compare, limit));
        let Err(error) = found.map_err(|error| format!("{error:#}")) else {
            bail!("{name} passes: the check sees nothing");
        };
        let Some(line) = error.lines().find(|line| says.iter().any(|says| line.contains(says)))
        else {
            bail!("{name} fails, but not with {says:?}:\n{error}");
        };
        println!("{name}: refused, as it must be: {}", line.trim());
        Ok(())
    }

    /// Where the build of a program is, with the profile of all programs.
    pub(crate) fn built(&self, program: &str) -> PathBuf {
        self.built_with(RELEASE, program)
    }

    /// Where the build of a program is.
    pub(crate) fn built_with(&self, profile: &str, program: &str) -> PathBuf {
        self.target_dir().join(self.target).join(profile).join(program)
    }
}

/// What start-up has to copy: nothing, but for a program with variables of its own that are not zero.
fn in_data(image: &Image, program: &str) -> Option<String> {
    if WITH_DATA.contains(&program) {
        let of_allocator = |found: &&Item| found.is_inside(BUFFER) || found.is_inside(BITMAP);
        let mut found = image.variables.iter().filter(of_allocator);
        return found.find(|found| found.section == ".data").map(|found| format!("{found}"));
    }
    match image.section_size(".data") {
        0 => None,
        size => Some(format!(".data has {size} bytes")),
    }
}

/// The allocators of `untouched` of whose buffer the trace has an access, by anybody: the allocator, or the start-up code.
fn touched(trace: &Trace, image: &Image) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for name in UNTOUCHED.1 {
        let buffer = only(image, name, BUFFER)?;
        if let (count, Some(first)) = trace.accesses(&buffer.range) {
            wrong.push(format!("{name}: the program touches it: {first}; {count} accesses in all"));
        }
    }
    // A range that is accessed for sure, or the check could be looking at nothing.
    let bitmap = only(image, UNTOUCHED.1[0], BITMAP)?;
    if trace.accesses(&bitmap.range).0 == 0 {
        wrong.push("the trace has no access to a bitmap: the check sees nothing".to_owned());
    }
    Ok(wrong)
}

/// The variable of an allocator that is called like this.
fn only<'i>(image: &'i Image, allocator: &str, what: &str) -> Result<&'i Item> {
    let own = |found: &&Item| found.is_inside(allocator) && found.is_inside(what);
    let mut found = image.variables.iter().filter(own);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => bail!("{allocator}: the ELF file has no variable {what}"),
        (Some(_), Some(_)) => bail!("{allocator}: the ELF file has several variables {what}"),
    }
}

impl Buffer {
    /// What is wrong with the allocator's buffer, bitmap and descriptor.
    fn misplaced(&self, image: &Image, regions: &[Region]) -> Result<Vec<String>> {
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
        let buffer = only(image, name, BUFFER)?;
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

        let bitmap = only(image, name, BITMAP)?;
        if bitmap.section != ".bss" || bitmap.size() != 4 * self.words {
            wrong.push(format!("{name}: bitmap: {bitmap}, not {} bytes in .bss", 4 * self.words));
        }
        let flash = region(LOAD_REGION)?;
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

/// Builds programs in one go.
pub(crate) fn build(
    cross: &Cross,
    board: &Board,
    profile: &str,
    programs: &[String],
    features: &[&str],
) -> Result<()> {
    let mut cargo = board.cargo(cross, "build")?;
    cargo.args(["--quiet", "--profile", profile, "--package", PACKAGE]).args(features);
    for program in programs {
        cargo.args(["--bin", program]);
    }
    let ended = process::capture(&mut cargo)?;
    if !ended.status.success() {
        bail!("{} for {} does not build:\n{}", programs.join(", "), board.name, ended.stderr);
    }
    eprint!("{}", ended.stderr);
    Ok(())
}
