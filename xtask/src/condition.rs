//! The conditions on the target that the crates have, over all targets that the compiler knows.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result, bail};

use crate::{process::output_of, toolchain, top};

/// What the macros write for a section: tests compare it with what they do write.
const SECTION: &str = "mem-blocks-macros/expanded/section.rs";

/// The condition there; [`has_sections`] is the same in another language.
const HAS_SECTIONS: &str = r#"all(target_os = "none", not(target_family = "wasm"))"#;

const ALIGNMENTS: &str = "mem-blocks/src/buffer.rs";

/// The condition there under which alignments are limited; [`is_coff`] is the same in another language.
const IS_COFF: &str = r#"any(windows, target_os = "uefi", target_os = "cygwin")"#;

/// A target that the compiler knows.
#[derive(Debug)]
struct Target {
    name: String,
    /// What `cfg` can ask for, one a line.
    cfg: String,
    /// The format of its objects.
    format: String,
}

impl Target {
    fn has(&self, key: &str, value: &str) -> bool {
        self.cfg.lines().any(|line| line == format!("{key}=\"{value}\""))
    }

    fn has_no_system(&self) -> bool {
        self.has("target_os", "none")
    }

    fn has_sections(&self) -> bool {
        self.has_no_system() && !self.has("target_family", "wasm")
    }

    fn is_coff(&self) -> bool {
        let is_windows = self.cfg.lines().any(|line| line == "windows");
        is_windows || self.has("target_os", "uefi") || self.has("target_os", "cygwin")
    }
}

/// Wherever the attribute is written, objects are ELF files, in which every section name is allowed; and alignments are
/// limited wherever objects are COFF files, and nowhere else.
pub(crate) fn check() -> Result<()> {
    // Whole conditions, each with what stands before and after it.
    uses_only(SECTION, HAS_SECTIONS, &[("#[cfg_attr(", ",")])?;
    uses_only(ALIGNMENTS, IS_COFF, &[("cfg!(", ")"), ("#[cfg(not(", "))]")])?;
    let targets = targets()?;
    let wrong = not_of(&targets, "elf", Target::has_sections);
    if !wrong.is_empty() {
        bail!("`{HAS_SECTIONS}` holds where objects are not ELF files: {}", wrong.join(", "));
    }
    let wrong = not_of(&targets, "coff", Target::is_coff);
    if !wrong.is_empty() {
        bail!("`{IS_COFF}` holds where objects are not COFF files: {}", wrong.join(", "));
    }
    let missed = targets.iter().find(|target| target.format == "coff" && !target.is_coff());
    if let Some(missed) = missed {
        bail!("`{IS_COFF}` does not hold for {}, whose objects are COFF files", missed.name);
    }
    // The negative control: half of the condition is too little, and this is seen.
    let control = not_of(&targets, "elf", Target::has_no_system);
    if control.is_empty() {
        bail!("`target_os = \"none\"` alone would do, or the check sees nothing");
    }
    let count = |holds: fn(&Target) -> bool| targets.iter().filter(|target| holds(target)).count();
    println!(
        "{} targets: a section is written for {}, all of them ELF; without the exception for wasm also for {}; \
         alignments are limited for {}, all that are COFF",
        targets.len(),
        count(Target::has_sections),
        control.join(", "),
        count(Target::is_coff),
    );
    Ok(())
}

/// Wants a file to have, between each of these pairs of texts, that condition and no other.
fn uses_only(file: &str, condition: &str, places: &[(&str, &str)]) -> Result<()> {
    let text = fs::read_to_string(top().join(file)).with_context(|| file.to_owned())?;
    for (before, after) in places {
        let found: Vec<_> = text.split(before).skip(1).collect();
        let wanted = format!("{condition}{after}");
        if found.is_empty() || !found.iter().all(|rest| rest.trim_start().starts_with(&wanted)) {
            bail!("{file}: not everywhere `{before}{wanted}`, which is what is checked here");
        }
    }
    Ok(())
}

/// The targets that are chosen and have another format.
fn not_of(targets: &[Target], format: &str, is_chosen: fn(&Target) -> bool) -> Vec<String> {
    let chosen = targets.iter().filter(|target| is_chosen(target));
    let wrong = chosen.filter(|target| target.format != format);
    wrong.map(|target| format!("{} ({})", target.name, target.format)).collect()
}

/// All built-in targets of the compiler in use.
fn targets() -> Result<Vec<Target>> {
    // Of all that is asked here, only the format is told to nobody but nightly compilers.
    let specifications = output_of(toolchain::rustc().env("RUSTC_BOOTSTRAP", "1").args([
        "-Zunstable-options",
        "--print",
        "all-target-specs-json",
    ]))?;
    let formats = formats(&specifications);
    // The compiler leaves out what is usual: one that does not tell formats makes ELF of everything.
    for format in ["coff", "mach-o", "wasm"] {
        if !formats.values().any(|found| *found == format) {
            bail!(
                "the compiler in use names no target with the format `{format}`, so that the check would see nothing; \
                an old one, such as Rust 1.85, does not tell formats"
            );
        }
    }
    output_of(toolchain::rustc().args(["--print", "target-list"]))?
        .lines()
        .map(|name| {
            let format = formats.get(name).with_context(|| format!("no description of {name}"))?;
            let cfg = output_of(toolchain::rustc().args(["--print", "cfg", "--target", name]))?;
            Ok(Target { name: name.to_owned(), cfg, format: (*format).to_owned() })
        })
        .collect()
}

/// The format of each target, from what the compiler prints about all of them: the names indented by two columns, their
/// properties by four, and no property that has its usual value. (For BPF the compiler writes bitcode; the linker makes
/// ELF of it.)
fn formats(specifications: &str) -> BTreeMap<&str, &str> {
    let mut formats = BTreeMap::new();
    let mut target = "";
    for line in specifications.lines() {
        if let Some(name) = line.strip_prefix("  \"").and_then(|line| line.strip_suffix("\": {")) {
            target = name;
            formats.insert(target, "elf");
        } else if let Some((key, value)) =
            line.strip_prefix("    \"").and_then(|line| line.split_once("\": "))
        {
            let format = match (key, value.trim_end_matches(',').trim_matches('"')) {
                ("binary-format", format) => format,
                // One WebAssembly target leaves its format out, and for some graphics processors the code is text.
                ("is-like-wasm", "true") => "wasm",
                ("is-like-gpu", "true") => "gpu",
                _ => continue,
            };
            formats.insert(target, format);
        }
    }
    formats
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(os: &str, family: Option<&str>, format: &str) -> Target {
        let family = family.map(|family| format!("target_family=\"{family}\"\n"));
        let cfg = format!("panic=\"abort\"\n{}target_os=\"{os}\"\n", family.unwrap_or_default());
        Target { name: "a-target".to_owned(), cfg, format: format.to_owned() }
    }

    #[test]
    fn the_condition_holds_without_a_system_and_not_for_wasm() {
        assert!(target("none", None, "elf").has_sections());
        assert!(!target("none", Some("wasm"), "wasm").has_sections());
        assert!(!target("uefi", None, "coff").has_sections());
        assert!(!target("linux", Some("unix"), "elf").has_sections());
    }

    #[test]
    fn coff_is_what_firmware_of_a_pc_and_cygwin_have() {
        assert!(target("uefi", None, "coff").is_coff());
        assert!(target("cygwin", Some("unix"), "coff").is_coff());
        assert!(!target("linux", Some("unix"), "elf").is_coff());
        let mut windows = target("windows", Some("windows"), "coff");
        windows.cfg.push_str("windows\n");
        assert!(windows.is_coff());
    }

    #[test]
    fn a_target_with_another_format_is_found_if_it_is_chosen() {
        let targets = [
            target("none", None, "elf"),
            target("none", None, "mach-o"),
            target("macos", Some("unix"), "mach-o"),
            target("none", Some("wasm"), "wasm"),
        ];
        assert_eq!(not_of(&targets, "elf", Target::has_sections), ["a-target (mach-o)"]);
        assert_eq!(not_of(&targets, "elf", Target::has_no_system).len(), 2);
    }

    #[test]
    fn formats_are_elf_unless_the_compiler_says_otherwise() {
        let specifications = r#"{
  "a-apple": {
    "binary-format": "mach-o",
    "metadata": {
      "binary-format": "not a property of the target"
    }
  },
  "b-none": {
    "arch": "arm"
  },
  "c-wali": {
    "is-like-wasm": true,
    "os": "linux"
  },
  "d-cuda": {
    "is-like-gpu": true
  }
}"#;
        let expected =
            [("a-apple", "mach-o"), ("b-none", "elf"), ("c-wali", "wasm"), ("d-cuda", "gpu")];
        assert_eq!(formats(specifications), BTreeMap::from(expected));
    }
}
