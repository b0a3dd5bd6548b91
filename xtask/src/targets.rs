//! A crate of definitions, built for every kind of target: in its objects, each section is where it should be and
//! nowhere else.
//!
//! It is built and not only checked, because the names of sections are first looked at where code is generated.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{
    condition,
    firmware::BUFFER,
    image::{Image, Item},
    library::Library,
    process::{capture, run},
    toolchain::{self, Cross},
};
use Placed::{Anywhere, InSection};

/// The sources of `tests/strict` in the workspace for other targets.
const PACKAGE: &str = "firmware-strict";
/// A profile of that workspace, for building `core` quickly.
const PROFILE: &str = "objects";

/// Where a buffer of the crate should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placed {
    /// In its section.
    InSection,
    /// Wherever the compiler likes.
    Anywhere,
}

/// Microcontrollers with and without compare-and-swap; the formats ELF, Mach-O, COFF and WebAssembly on a system; and
/// two that are easily taken for one of the others: firmware of a PC, and WebAssembly on no system.
const TARGETS: [(&str, Placed); 15] = [
    ("thumbv6m-none-eabi", InSection),
    ("thumbv7m-none-eabi", InSection),
    ("thumbv8m.base-none-eabi", InSection),
    ("thumbv8m.main-none-eabi", InSection),
    ("riscv32imc-unknown-none-elf", InSection),
    ("riscv32imac-unknown-none-elf", InSection),
    ("aarch64-unknown-none", InSection),
    ("x86_64-unknown-linux-gnu", Anywhere),
    ("x86_64-apple-darwin", Anywhere),
    ("aarch64-apple-darwin", Anywhere),
    ("x86_64-pc-windows-msvc", Anywhere),
    ("x86_64-pc-windows-gnu", Anywhere),
    ("x86_64-unknown-uefi", Anywhere),
    ("wasm32-unknown-unknown", Anywhere),
    ("wasm32v1-none", Anywhere),
];

/// A definition in the crate with a section: its name, the section, the size of the buffer.
const SECTIONS: [(&str, &str, u64); 2] =
    [("SECTION", ".sram2", 256), ("UNINIT", ".uninit.UNINIT", 256)];

/// A target that the crate is made to take for another one, so that the attribute is there where it should not be, or
/// the other way round; and what the check must say.
struct Control {
    target: &'static str,
    cfg: &'static str,
    says: &'static [&'static str],
}

const CONTROLS: [Control; 5] = [
    Control {
        target: "thumbv7m-none-eabi",
        cfg: r#"target_family="wasm""#,
        says: &[
            "SECTION: 0 sections .sram2, not one",
            "UNINIT: 0 sections .uninit.UNINIT, not one",
        ],
    },
    Control {
        target: "x86_64-unknown-linux-gnu",
        cfg: r#"target_os="none""#,
        says: &[
            "SECTION: the objects mention .sram2",
            "UNINIT: the objects mention .uninit.UNINIT",
        ],
    },
    Control {
        target: "x86_64-pc-windows-msvc",
        cfg: r#"target_os="none""#,
        says: &[
            "SECTION: the objects mention .sram2",
            "UNINIT: the objects mention .uninit.UNINIT",
        ],
    },
    // Not about a section, but the definitions that only this kind of target refuses.
    Control {
        target: "x86_64-pc-windows-msvc",
        cfg: "large_align",
        says: &[
            "`align` must be at most 8192 on this target, found `16_384`",
            "the alignment of a block must be at most 8192 on this target, found `Page` (16384)",
        ],
    },
    // Here it is the compiler that refuses.
    Control {
        target: "aarch64-apple-darwin",
        cfg: r#"target_os="none""#,
        says: &["mach-o section specifier requires a segment and section"],
    },
];

pub(crate) fn check() -> Result<()> {
    condition::check()?;
    let mut builds = Vec::new();
    for (target, placed) in TARGETS {
        builds.push(Build { target, placed, cross: Cross::find(target)? });
    }
    // All that one compiler builds in one go: of `core`, most is built by one thread for each target.
    for cross in [Cross::Installed, Cross::Debian] {
        let mut targets = builds.iter().filter(|build| build.cross == cross).map(|own| own.target);
        if let Some(first) = targets.next() {
            let mut cargo = cargo(&cross, "build", first);
            run(cargo.args(targets.flat_map(|target| ["--target", target])))?;
        }
    }
    for build in &builds {
        build.check()?;
        let placed = match build.placed {
            InSection => "each buffer in its section",
            Anywhere => "no section",
        };
        println!("{}: {placed}", build.target);
    }
    for control in CONTROLS {
        let build = builds.iter().find(|build| build.target == control.target);
        control.check(build.context("a control for a target that is not built")?)?;
    }
    Ok(())
}

fn cargo(cross: &Cross, subcommand: &str, target: &str) -> Command {
    let mut cargo = cross.cargo_with_core(subcommand, target, "targets");
    cargo.args(["--package", PACKAGE, "--profile", PROFILE]);
    cargo
}

/// The crate, for one target.
struct Build {
    target: &'static str,
    placed: Placed,
    cross: Cross,
}

impl Build {
    fn path(&self) -> PathBuf {
        let folder = toolchain::target_dir().join("firmware/targets").join(self.target);
        folder.join(PROFILE).join(format!("lib{}.rlib", PACKAGE.replace('-', "_")))
    }

    /// Whether the buffers are where they should be, in what was built last.
    fn check(&self) -> Result<()> {
        let path = self.path();
        let library = Library::read(&path)?;
        let wrong = match self.placed {
            InSection => misplaced(&library.images()?),
            Anywhere => mentioned(&library),
        };
        if wrong.is_empty() {
            return Ok(());
        }
        bail!("{}:\n  {}", path.display(), wrong.join("\n  "))
    }

    /// Builds and checks the crate, which is told one more thing about its target.
    fn check_with(&self, cfg: &str) -> Result<()> {
        let mut cargo = cargo(&self.cross, "rustc", self.target);
        // To say such a thing is an error unless it is allowed.
        cargo.args(["--quiet", "--", "--cfg", cfg, "--allow", "explicit_builtin_cfgs_in_flags"]);
        let ended = capture(&mut cargo)?;
        if !ended.status.success() {
            bail!("does not build:\n{}", ended.stderr);
        }
        self.check()
    }
}

impl Control {
    /// Wants to see the check fail for the reasons that the control gives.
    fn check(&self, build: &Build) -> Result<()> {
        let Control { target, cfg, says } = self;
        let name = format!("{target} with {cfg}");
        let Err(error) = build.check_with(cfg).map_err(|error| format!("{error:#}")) else {
            bail!("{name} passes: the check sees nothing");
        };
        for said in *says {
            let Some(line) = error.lines().find(|line| line.contains(said)) else {
                bail!("{name} fails, but not with `{said}`:\n{error}");
            };
            println!("{name}: refused, as it must be: {}", line.trim());
        }
        Ok(())
    }
}

/// What is wrong where each buffer should be in its section, which holds nothing else.
fn misplaced(images: &[Image]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, section, size) in SECTIONS {
        let is_right = |item: &Item| item.section == section && item.size() == size;
        let sections = images.iter().flat_map(|image| &image.sections);
        let sections: Vec<_> = sections.filter(|item| item.name == section).collect();
        match sections[..] {
            [found] if is_right(found) => {}
            [found] => wrong.push(format!("{name}: section: {found}, not {size} bytes")),
            _ => wrong.push(format!("{name}: {} sections {section}, not one", sections.len())),
        }
        let buffers = images.iter().flat_map(|image| &image.variables);
        let buffers: Vec<_> =
            buffers.filter(|item| item.is_inside(name) && item.is_inside(BUFFER)).collect();
        match buffers[..] {
            [found] if is_right(found) => {}
            [found] => wrong.push(format!("{name}: buffer: {found}, not in {section}")),
            _ => wrong.push(format!("{name}: {} buffers, not one", buffers.len())),
        }
    }
    wrong
}

/// What is wrong where no section should have the name of one of these.
fn mentioned(library: &Library) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, section, _) in SECTIONS {
        if library.mentions(section) {
            wrong.push(format!("{name}: the objects mention {section}"));
        }
        if !mangled_buffers(name).iter().any(|buffer| library.mentions(buffer)) {
            wrong.push(format!("{name}: the objects have no buffer: the check sees nothing"));
        }
    }
    wrong
}

/// The end of the name of an allocator's buffer, in the two manglings.
fn mangled_buffers(allocator: &str) -> [String; 2] {
    let (allocator_len, len) = (allocator.len(), BUFFER.len());
    [
        format!("{allocator_len}{allocator}{len}{BUFFER}"),
        // A component that begins with an underscore has one more in front.
        format!("{allocator_len}{allocator}{len}_{BUFFER}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(objects: &[&str]) -> Library {
        Library { objects: objects.iter().map(|object| object.as_bytes().to_vec()).collect() }
    }

    fn item(name: &str, section: &str, size: u64) -> Item {
        Item { name: name.to_owned(), section: section.to_owned(), range: 0..size }
    }

    /// What is wrong with two buffers and their sections, of which one is given and the other is right.
    fn wrong_with_sections(sections: &[(&str, u64)], buffer_section: &str) -> Vec<String> {
        let mut one = Image::of_function("other", 0, &[]);
        let mut two = Image::of_function("other", 0, &[]);
        two.sections.extend(sections.iter().map(|(name, size)| item(name, name, *size)));
        two.variables.push(item("_ZN1x7SECTION19__MEM_BLOCKS_BUFFER17hE", buffer_section, 256));
        one.sections.push(item(".uninit.UNINIT", ".uninit.UNINIT", 256));
        one.variables.push(item("_ZN1x6UNINIT19__MEM_BLOCKS_BUFFER17hE", ".uninit.UNINIT", 256));
        misplaced(&[one, two])
    }

    #[test]
    fn a_buffer_in_its_own_section_is_right() {
        assert_eq!(wrong_with_sections(&[(".sram2", 256), (".text", 2)], ".sram2"), [""; 0]);
    }

    #[test]
    fn a_section_that_is_missing_or_not_alone_or_too_large_is_not_right() {
        let wrong = |sections| wrong_with_sections(sections, ".sram2");
        assert_eq!(wrong(&[]), ["SECTION: 0 sections .sram2, not one"]);
        assert_eq!(
            wrong(&[(".sram2", 256), (".sram2", 256)]),
            ["SECTION: 2 sections .sram2, not one"]
        );
        assert_eq!(
            wrong(&[(".sram2", 260)]),
            ["SECTION: section: 260 bytes at 0x0 in .sram2, not 256 bytes"]
        );
    }

    #[test]
    fn a_buffer_elsewhere_is_not_right() {
        assert_eq!(
            wrong_with_sections(&[(".sram2", 256)], ".bss.x"),
            ["SECTION: buffer: 256 bytes at 0x0 in .bss.x, not in .sram2"]
        );
        assert_eq!(misplaced(&[]).len(), 4);
    }

    #[test]
    fn a_buffer_that_is_mentioned_without_its_section_is_right() {
        let both = "_ZN1x7SECTION19__MEM_BLOCKS_BUFFER17hE _RNvNvC1x6UNINIT19___MEM_BLOCKS_BUFFER";
        assert_eq!(mentioned(&library(&[both])), [""; 0]);
        // In whatever object, at the beginning or the end.
        assert_eq!(mentioned(&library(&[both, ".sram2"])), ["SECTION: the objects mention .sram2"]);
        assert_eq!(
            mentioned(&library(&[both, "\0.uninit.UNINIT"])),
            ["UNINIT: the objects mention .uninit.UNINIT"]
        );
    }

    #[test]
    fn a_buffer_that_is_not_there_is_not_right() {
        let wrong = mentioned(&library(&["_ZN1x6UNINIT19__MEM_BLOCKS_BUFFER17hE"]));
        assert_eq!(wrong, ["SECTION: the objects have no buffer: the check sees nothing"]);
    }

    #[test]
    fn controls_are_for_targets_of_the_table() {
        for control in CONTROLS {
            assert!(TARGETS.iter().any(|(target, _)| *target == control.target));
        }
    }
}
