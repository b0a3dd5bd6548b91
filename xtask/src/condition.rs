//! The condition under which a section is written into the code, over all targets that the compiler knows.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result, bail};

use crate::{process::output_of, toolchain, top};

const SOURCE: &str = "mem-blocks-macros/src/section.rs";

/// The condition in `SOURCE`; [`holds`] is the same in another language.
const CONDITION: &str = r#"all(target_os = "none", not(target_family = "wasm"))"#;

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
}

fn holds(target: &Target) -> bool {
    target.has_no_system() && !target.has("target_family", "wasm")
}

/// Wherever the attribute is written, objects are ELF files, in which every section name is allowed.
pub(crate) fn check() -> Result<()> {
    let source = fs::read_to_string(top().join(SOURCE)).context(SOURCE)?;
    if !source.contains(CONDITION) {
        bail!("{SOURCE} has another condition than `{CONDITION}`, which is the one checked here");
    }
    let targets = targets()?;
    let wrong = not_elf(&targets, holds);
    if !wrong.is_empty() {
        bail!("`{CONDITION}` holds where objects are not ELF files: {}", wrong.join(", "));
    }
    // The negative control: half of the condition is too little, and this is seen.
    let control = not_elf(&targets, Target::has_no_system);
    if control.is_empty() {
        bail!("`target_os = \"none\"` alone would do, or the check sees nothing");
    }
    println!(
        "{} targets: a section is written for {}, all of them ELF; without the exception for wasm also for {}",
        targets.len(),
        targets.iter().filter(|target| holds(target)).count(),
        control.join(", ")
    );
    Ok(())
}

/// The targets that are chosen and have another format.
fn not_elf(targets: &[Target], is_chosen: fn(&Target) -> bool) -> Vec<String> {
    let chosen = targets.iter().filter(|target| is_chosen(target));
    let wrong = chosen.filter(|target| target.format != "elf");
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
        assert!(holds(&target("none", None, "elf")));
        assert!(!holds(&target("none", Some("wasm"), "wasm")));
        assert!(!holds(&target("uefi", None, "coff")));
        assert!(!holds(&target("linux", Some("unix"), "elf")));
    }

    #[test]
    fn a_target_with_another_format_is_found_if_it_is_chosen() {
        let targets = [
            target("none", None, "elf"),
            target("none", None, "mach-o"),
            target("macos", Some("unix"), "mach-o"),
            target("none", Some("wasm"), "wasm"),
        ];
        assert_eq!(not_elf(&targets, holds), ["a-target (mach-o)"]);
        assert_eq!(not_elf(&targets, Target::has_no_system).len(), 2);
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
