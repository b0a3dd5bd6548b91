//! Programs that a check needs, most of them for cargo, each in one version: installed below the target folder, by cargo,
//! when they are first wanted.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{process, toolchain};

/// A program, under its name in the registry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

// What a check prints or compares is that of one version, so what else is installed does not matter.
pub(crate) const DEFMT_PRINT: Tool = Tool { name: "defmt-print", version: "1.2.0" };
pub(crate) const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
pub(crate) const FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };
pub(crate) const HACK: Tool = Tool { name: "cargo-hack", version: "0.6.46" };
pub(crate) const MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };
pub(crate) const PUBLIC_API: Tool = Tool { name: "cargo-public-api", version: "0.52.0" };
pub(crate) const SEMVER_CHECKS: Tool = Tool { name: "cargo-semver-checks", version: "0.51.0" };

/// Whatever a tool's own profile says: to compile one takes longer than it ever runs.
const QUICKLY: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
];

impl Tool {
    /// A cargo, in the top folder, that has this program; the first argument is still to come: the program's own name.
    pub(crate) fn cargo(self) -> Result<Command> {
        self.give_to(toolchain::cargo())
    }

    /// The same of the nightly compiler.
    pub(crate) fn nightly_cargo(self) -> Result<Command> {
        self.give_to(toolchain::nightly_cargo()?)
    }

    fn give_to(self, mut cargo: Command) -> Result<Command> {
        let folder = self.program()?.parent().context("a program lies in a folder")?.to_owned();
        cargo.env("PATH", toolchain::path_from(&folder));
        Ok(cargo)
    }

    /// Where the program is, once it is installed.
    pub(crate) fn program(self) -> Result<PathBuf> {
        let Tool { name, version } = self;
        let tools = toolchain::target_dir().join("tools");
        let root = tools.join(format!("{name}-{version}"));
        let program = root.join("bin").join(name);
        if !program.is_file() {
            println!(
                "{name} {version} is not there yet, so cargo installs it below the target folder"
            );
            let mut cargo = toolchain::cargo();
            // One for all of them: they share much of what they need.
            cargo.env("CARGO_TARGET_DIR", tools.join("build"));
            cargo.envs(QUICKLY).args(["install", "--locked", "--quiet"]);
            cargo.args(["--version", version]).arg("--root").arg(&root).arg(name);
            process::run(&mut cargo).with_context(|| format!("no {name} {version}"))?;
            if !program.is_file() {
                bail!("no `{name}` among what was installed");
            }
        }
        Ok(program)
    }
}
