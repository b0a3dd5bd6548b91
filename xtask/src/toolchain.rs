//! Which compiler and which emulator: what is installed, or else what `tools/` can install.

use std::{
    collections::BTreeSet,
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{process, top};

/// The cargo that runs this program, in the top folder.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(top()).env("CARGO_TARGET_DIR", target_dir());
    // Else what is built goes to another folder than the one in which the programs are looked for, and tests cannot
    // run.
    cargo.env_remove("CARGO_BUILD_TARGET");
    forget_own_package(&mut cargo);
    cargo
}

/// Where the host's builds go.
pub(crate) fn target_dir() -> PathBuf {
    // Relative to where cargo was started; `cargo xtask` is documented to be started in the top folder.
    top().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// How to build for a microcontroller.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Cross {
    /// The toolchain in use has the target: `rustup target add` was run.
    Installed,
    /// Debian's compiler, which comes with the library's sources; `core` and `alloc` are built from them.
    Debian,
}

impl Cross {
    /// Chooses for `target`, and installs Debian's compiler where the target is not there.
    pub(crate) fn find(target: &str) -> Result<Self> {
        let sysroot = process::output_of(rustc().args(["--print", "sysroot"]))?;
        let libraries = Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib");
        if libraries.is_dir() {
            println!("{target}: installed in the toolchain in use");
            return Ok(Cross::Installed);
        }
        println!("{target}: not in the toolchain in use, so Debian's compiler builds it");
        setup("compiler", &format!("or run `rustup target add {target}`"))?;
        Ok(Cross::Debian)
    }

    /// A cargo whose `build`, `clippy` and so on work for `target`, with a target folder of its own: the linker
    /// scripts of two boards with one target would overwrite each other.
    pub(crate) fn cargo(&self, subcommand: &str, target: &str, folder: &str) -> Result<Command> {
        let mut cargo = self.cargo_without_library(subcommand, target, folder);
        if matches!(self, Cross::Debian) {
            let folder = self.need_library(&[target])?;
            // The second is for clippy, which does not ask the compiler.
            cargo.env("RUSTC", folder.join("bin/rustc")).env("SYSROOT", folder);
        }
        Ok(cargo)
    }

    /// The same, which builds `core` as it builds the rest: for many targets, each of them once and not optimised.
    pub(crate) fn cargo_with_core(&self, subcommand: &str, target: &str, folder: &str) -> Command {
        let mut cargo = self.cargo_without_library(subcommand, target, folder);
        if matches!(self, Cross::Debian) {
            // `-Zbuild-std` wants a nightly compiler, or one that is told to behave as if it built itself.
            cargo.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=core");
        }
        cargo
    }

    fn cargo_without_library(&self, subcommand: &str, target: &str, folder: &str) -> Command {
        let mut cargo = match self {
            Cross::Installed => cargo(),
            Cross::Debian => {
                let mut cargo = Command::new("/usr/bin/cargo");
                forget_own_package(&mut cargo);
                for name in [
                    "RUSTUP_TOOLCHAIN",
                    "CARGO_BUILD_TARGET",
                    "RUSTFLAGS",
                    "CARGO_ENCODED_RUSTFLAGS",
                ] {
                    cargo.env_remove(name);
                }
                // Else `cargo` finds rustup's compiler and rustup's `cargo clippy`.
                cargo.env("RUSTC", "/usr/bin/rustc").env("PATH", path_from("/usr/bin"));
                cargo
            }
        };
        cargo.arg(subcommand).args(["--target", target]);
        cargo.current_dir(top().join("tests/firmware"));
        cargo.env("CARGO_TARGET_DIR", target_dir().join("firmware").join(folder));
        cargo
    }

    /// The compiler's version as its users write it: `1.96.0`.
    pub(crate) fn version(&self) -> Result<String> {
        match self {
            Cross::Installed => compiler_version(),
            Cross::Debian => {
                version(&process::output_of(Command::new("/usr/bin/rustc").arg("--version"))?)
            }
        }
    }

    /// Makes sure that all is there to build for these targets and to look at them with clippy: in one go, in which two cores
    /// build more than one `core` at a time.
    pub(crate) fn need_all<'t>(targets: impl IntoIterator<Item = &'t str>) -> Result<()> {
        let mut debian = BTreeSet::new();
        for target in targets {
            if Cross::find(target)? == Cross::Debian {
                debian.insert(target);
            }
        }
        if !debian.is_empty() {
            setup("clippy", "or run `rustup target add` for the target")?;
            Cross::Debian.need_library(&debian.into_iter().collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Makes sure that there is a `core` for these targets, beside a compiler that finds it.
    fn need_library(&self, targets: &[&str]) -> Result<PathBuf> {
        let folder = target_dir().join("tools").join(format!("library-{}", self.version()?));
        if targets.iter().any(|target| !folder.join("lib/rustlib").join(target).is_dir()) {
            let mut setup = Command::new(top().join("tools/setup-library.sh"));
            process::run(setup.arg(&folder).args(targets))?;
        }
        Ok(folder)
    }
}

/// The versions of the compilers that build for these targets: one, as a rule.
pub(crate) fn cross_versions<'t>(targets: impl IntoIterator<Item = &'t str>) -> Result<String> {
    let versions = targets.into_iter().map(|target| Cross::find(target)?.version());
    let versions: BTreeSet<_> = versions.collect::<Result<_>>()?;
    Ok(versions.into_iter().collect::<Vec<_>>().join(", "))
}

/// Tells the runtime crate to do without the core's compare-and-swap, as on a core that has none.
pub(crate) fn without_compare_and_swap(cargo: &mut Command) -> &mut Command {
    add_flags(cargo, &["--cfg=mem_blocks_no_compare_and_swap"])
}

/// Has the compiler told this as well.
pub(crate) fn add_flags<'c>(cargo: &'c mut Command, more: &[&str]) -> &'c mut Command {
    // This one counts if both are there. What was removed for this cargo is not to come back.
    let (name, separator) = if set_for(cargo, "CARGO_ENCODED_RUSTFLAGS").is_some() {
        ("CARGO_ENCODED_RUSTFLAGS", "\u{1f}")
    } else {
        ("RUSTFLAGS", " ")
    };
    let mut flags = set_for(cargo, name).unwrap_or_default();
    for flag in more {
        if !flags.is_empty() {
            flags.push(separator);
        }
        flags.push(flag);
    }
    cargo.env(name, flags)
}

/// A variable of the environment, as a command will see it.
fn set_for(command: &Command, name: &str) -> Option<OsString> {
    let mut own = command.get_envs().filter(|(own, _)| *own == name);
    match own.next() {
        Some((_, value)) => value.map(ToOwned::to_owned),
        None => env::var_os(name),
    }
}

/// An emulator such as `qemu-system-arm`: that in `PATH`, or else Debian's, unpacked below the target folder.
pub(crate) fn emulator(program: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut installed = env::split_paths(&path).map(|folder| folder.join(program));
    if let Some(program) = installed.find(|program| program.is_file()) {
        return Ok(program);
    }
    let folder = target_dir().join("tools/qemu");
    let unpacked = folder.join("bin").join(program);
    if !unpacked.is_file() {
        println!("{program}: not in PATH, so Debian's is unpacked");
        process::run(Command::new(top().join("tools/setup-emulator.sh")).arg(&folder))
            .with_context(|| format!("no `{program}`; installing QEMU helps"))?;
        if !unpacked.is_file() {
            bail!("no `{program}` among what was unpacked; installing QEMU helps");
        }
    }
    Ok(unpacked)
}

/// A cargo of the oldest supported version, which the manifest promises: rustup's where that is installed, else Debian's,
/// unpacked below the target folder.
pub(crate) fn oldest_cargo() -> Result<Command> {
    let manifest = fs::read_to_string(top().join("Cargo.toml"))?;
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
        .context("no `rust-version` in the workspace's Cargo.toml")?;
    let mut cargo = if let Some(cargo) = rustup_cargo(version) {
        cargo
    } else {
        println!("{version}: not installed by rustup, so Debian's is unpacked");
        let folder = target_dir().join("tools").join(format!("rust-{version}"));
        process::run(Command::new(top().join("tools/setup-msrv.sh")).arg(version).arg(&folder))
            .with_context(|| {
                format!("no Rust {version}; `rustup toolchain install {version}` helps")
            })?;
        let mut cargo = Command::new(folder.join("bin/cargo"));
        cargo.env("RUSTC", folder.join("bin/rustc")).env_remove("RUSTUP_TOOLCHAIN");
        forget_own_package(&mut cargo);
        cargo
    };
    cargo.current_dir(top()).env("CARGO_TARGET_DIR", target_dir().join("msrv"));
    Ok(cargo)
}

/// A cargo of the nightly compiler, which the sanitizers, the fuzzer and the listing of the interface need: rustup's.
pub(crate) fn nightly_cargo() -> Result<Command> {
    rustup_cargo("nightly").context("no nightly compiler; `rustup toolchain install nightly` helps")
}

/// A cargo of a version such as `1.85`, where rustup has installed it.
pub(crate) fn rustup_cargo(version: &str) -> Option<Command> {
    let installed = process::output_of(Command::new("rustup").args(["toolchain", "list"])).ok()?;
    let name = installed.lines().filter_map(|line| line.split(' ').next()).find(|name| {
        *name == version
            || name.starts_with(&format!("{version}."))
            || name.starts_with(&format!("{version}-"))
    })?;
    println!("{name}: installed by rustup");
    let mut cargo = Command::new("rustup");
    cargo.args(["run", name, "cargo"]).current_dir(top()).env_remove("RUSTC");
    forget_own_package(&mut cargo);
    Some(cargo)
}

/// The host, as the compiler in use calls it.
pub(crate) fn host() -> Result<String> {
    let version = process::output_of(rustc().arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("`rustc -vV` names no host")?.to_owned())
}

/// Makes sure that `valgrind` is in `PATH`.
pub(crate) fn need_valgrind() -> Result<()> {
    if process::capture(Command::new("valgrind").arg("--version"))
        .is_ok_and(|ended| ended.status.success())
    {
        return Ok(());
    }
    setup("valgrind", "or install valgrind")
}

/// What the compiler in use calls itself: `rustc 1.96.0 (..)`.
pub(crate) fn compiler() -> Result<String> {
    process::output_of(rustc().arg("--version"))
}

/// Its version as its users write it: `1.96.0`.
pub(crate) fn compiler_version() -> Result<String> {
    version(&compiler()?)
}

/// The version in what a compiler calls itself.
fn version(compiler: &str) -> Result<String> {
    let version = compiler.split(' ').nth(1);
    Ok(version.context("`rustc --version` names no version")?.to_owned())
}

fn setup(what: &str, instead: &str) -> Result<()> {
    process::run(Command::new(top().join("tools/setup-embedded.sh")).arg(what))
        .with_context(|| format!("cannot install what is missing; see above, {instead}"))
}

/// `PATH` with one folder in front.
pub(crate) fn path_from(folder: impl AsRef<Path>) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut found = OsString::from(folder.as_ref());
    found.push(":");
    found.push(path);
    found
}

/// The compiler in use.
pub(crate) fn rustc() -> Command {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.current_dir(top());
    rustc
}

/// `cargo run` describes this package in the environment; build scripts below must not read it.
fn forget_own_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
}
