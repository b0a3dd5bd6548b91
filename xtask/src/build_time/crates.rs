//! What is timed: packages written below the target folder, a workspace with a lock file of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::firmware::{self, FIRMWARE};
use crate::{process, toolchain, top};

/// The package that is written again and again, with other definitions.
const DEFINITIONS: &str = "definitions";

/// Of every crate that takes part in a measurement, one version: the lock file of the workspace, kept here.
const LOCK: &str = "xtask/build-time.lock";

/// What is built for the host.
const TARGET_DIR: &str = "target";

/// Crates of others: name, version, features.
pub(super) const PEERS: &[(&str, &str, &[&str])] = &[
    // Its pools want atomics of the width of two pointers on a 64-bit host.
    ("heapless", "0.9.4", &["portable-atomic"]),
    ("static_cell", "2.1.1", &[]),
    ("linkme-impl", "0.3.37", &[]),
    ("cortex-m-rt-macros", "0.7.7", &[]),
    ("cortex-m-rt", "0.7.7", &[]),
    ("cortex-m", "0.7.10", &["critical-section-single-core"]),
];

/// A way to define 16 blocks of 64 bytes in a `static`, any number of times. In `each`, `{n}` is the number.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) what: &'static str,
    before: &'static str,
    each: &'static str,
    after: &'static str,
}

/// The first is the one that the others are compared with.
pub(super) const WAYS: &[Way] = &[
    Way {
        what: "`#[mem_blocks(align = 32)]`",
        before: "use mem_blocks::{MemBlocks, mem_blocks};",
        each: "
#[mem_blocks(align = 32)]
pub static POOL_{n}: MemBlocks<[u8; 64], 16>;",
        after: "",
    },
    Way {
        what: "the same, all in one `define_mem_blocks!`",
        before: "use mem_blocks::{MemBlocks, define_mem_blocks};
define_mem_blocks! {",
        each: "
#[mem_blocks(align = 32)]
pub static POOL_{n}: MemBlocks<[u8; 64], 16>;",
        after: "}",
    },
    // As in its documentation: memory is handed over at run time, by a function of the user's.
    Way {
        what: "heapless: `box_pool!`, an array of blocks, a function that hands them over",
        before: "use heapless::{box_pool, pool::boxed::BoxBlock};",
        each: "
box_pool!(Pool{n}: [u8; 64]);
pub fn hand_over_{n}() {
    const BLOCK: BoxBlock<[u8; 64]> = BoxBlock::new();
    static mut BLOCKS: [BoxBlock<[u8; 64]>; 16] = [BLOCK; 16];
    let blocks: &'static mut [BoxBlock<[u8; 64]>] = unsafe { &mut *(&raw mut BLOCKS) };
    for block in blocks {
        Pool{n}.manage(block);
    }
}",
        after: "",
    },
    // What `#[mem_blocks]` writes, less the macro and the checks.
    Way {
        what: "three statics by hand: buffer, bitmap, descriptor; nothing checked",
        before: "use core::{cell::UnsafeCell, mem::MaybeUninit, sync::atomic::AtomicU32};
#[repr(C, align(32))]
pub struct Buffer<T, const N: usize>(UnsafeCell<MaybeUninit<[T; N]>>);
unsafe impl<T: Send, const N: usize> Sync for Buffer<T, N> {}
impl<T, const N: usize> Buffer<T, N> {
    pub const fn new() -> Self {
        Buffer(UnsafeCell::new(MaybeUninit::uninit()))
    }
}
pub struct Pool<T: 'static, const N: usize> {
    pub buffer: &'static Buffer<T, N>,
    pub bitmap: &'static AtomicU32,
}",
        each: "
pub static POOL_{n}: Pool<[u8; 64], 16> = {
    static BUFFER: Buffer<[u8; 64], 16> = Buffer::new();
    static BITMAP: AtomicU32 = AtomicU32::new(0);
    Pool { buffer: &BUFFER, bitmap: &BITMAP }
};",
        after: "",
    },
    Way {
        what: "static_cell: a `StaticCell` of the memory; no allocator",
        before: "use static_cell::StaticCell;",
        each: "
pub static POOL_{n}: StaticCell<[[u8; 64]; 16]> = StaticCell::new();",
        after: "",
    },
];

impl Way {
    /// A library with that many definitions, and else the same.
    fn source(&self, definitions: u32) -> String {
        let Way { before, each, after, .. } = self;
        let each: String = (0..definitions).map(|n| each.replace("{n}", &n.to_string())).collect();
        // The imports have no use where there is no definition.
        format!("#![no_std]\n#![allow(unused_imports)]\n{before}{each}\n{after}\n")
    }
}

/// A package without content, for the sake of what it depends on.
#[derive(Debug)]
pub(super) struct Dependent {
    pub(super) what: &'static str,
    pub(super) package: &'static str,
    dependencies: &'static str,
    /// The one crate that is timed; else all of them.
    pub(super) only: Option<&'static str>,
}

/// Crates of procedural macros. The first is the one that the others are compared with.
pub(super) const MACROS: &[Dependent] = &[
    Dependent {
        what: "mem-blocks-macros",
        package: "on-macros",
        dependencies: "mem-blocks-macros.workspace = true",
        only: None,
    },
    // Never built, for want of a build script, the dependency still switches the feature on.
    Dependent {
        what: "the same, were it to use syn's feature `full`",
        package: "on-macros-with-full-syn",
        dependencies: "mem-blocks-macros.workspace = true
[build-dependencies]
syn = { workspace = true, features = [\"full\"] }",
        only: None,
    },
    Dependent {
        what: "linkme-impl: attributes too, syn without `full`",
        package: "on-linkme",
        dependencies: "linkme-impl.workspace = true",
        only: None,
    },
    Dependent {
        what: "cortex-m-rt-macros: attributes too, syn with `full`",
        package: "on-cortex-m-rt",
        dependencies: "cortex-m-rt-macros.workspace = true",
        only: None,
    },
    Dependent {
        what: "that one and all of mem-blocks, which share syn",
        package: "on-cortex-m-rt-and-mem-blocks",
        dependencies: "cortex-m-rt-macros.workspace = true
mem-blocks.workspace = true",
        only: None,
    },
];

/// Crates that have pools. The first is the one that the others are compared with.
pub(super) const POOLS: &[Dependent] = &[
    Dependent {
        what: "mem-blocks, macros included",
        package: "on-mem-blocks",
        dependencies: "mem-blocks.workspace = true",
        only: None,
    },
    Dependent {
        what: "mem-blocks itself, all that it depends on being there",
        package: "on-mem-blocks-itself",
        dependencies: "mem-blocks.workspace = true",
        only: Some("mem-blocks"),
    },
    Dependent {
        what: "heapless, with what its pools need; no procedural macro",
        package: "on-heapless",
        dependencies: "heapless.workspace = true",
        only: None,
    },
];

fn dependents() -> impl Iterator<Item = &'static Dependent> {
    MACROS.iter().chain(POOLS)
}

/// The packages, on disk and with all that they depend on.
#[derive(Debug)]
pub(super) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    pub(super) fn write() -> Result<Self> {
        let workspace = Workspace { folder: toolchain::target_dir().join("build-time") };
        let used: String = ["mem-blocks", "heapless", "static_cell"]
            .map(|name| format!("{name}.workspace = true\n"))
            .concat();
        workspace.library(DEFINITIONS, &used)?;
        for dependent in dependents() {
            workspace.library(dependent.package, dependent.dependencies)?;
        }
        for firmware in FIRMWARE {
            let source = firmware.source();
            workspace.package(firmware.package, &firmware.dependencies(), "main.rs", &source)?;
        }
        let workspace_manifest = fs::read_to_string(top().join("Cargo.toml"))?;
        let syn =
            syn_version(&workspace_manifest).context("no syn in the workspace's Cargo.toml")?;
        fs::write(workspace.folder.join("Cargo.toml"), manifest(&top(), syn))?;
        fs::copy(top().join(LOCK), workspace.folder.join("Cargo.lock")).context(LOCK)?;
        process::run(workspace.cargo("fetch").arg("--quiet"))?;
        Ok(workspace)
    }

    /// Puts that many definitions into the package [`DEFINITIONS`].
    pub(super) fn define(&self, way: &Way, definitions: u32) -> Result<()> {
        let source = self.folder.join(DEFINITIONS).join("src/lib.rs");
        fs::write(source, way.source(definitions)).context("cannot write the definitions")
    }

    /// Keeps the lock file, where cargo had to adapt it to other versions in a manifest.
    pub(super) fn keep_lock(&self) -> Result<()> {
        fs::copy(self.folder.join("Cargo.lock"), top().join(LOCK)).context(LOCK)?;
        Ok(())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A cargo for the host.
    pub(super) fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = toolchain::cargo();
        cargo.arg(subcommand);
        self.prepare(&mut cargo, TARGET_DIR);
        cargo
    }

    /// Gives a cargo a target folder of its own, and takes from it what one may have set to make builds faster.
    pub(super) fn prepare(&self, cargo: &mut Command, target_dir: &str) {
        cargo.current_dir(&self.folder);
        cargo.env("CARGO_TARGET_DIR", self.folder.join(target_dir));
        cargo.env("CARGO_INCREMENTAL", "0").env("RUSTC_WRAPPER", "");
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_JOBS"] {
            cargo.env_remove(name);
        }
    }

    /// One that compiles the definitions.
    pub(super) fn definitions(&self, subcommand: &str) -> Command {
        let mut cargo = self.cargo(subcommand);
        cargo.args(["--package", DEFINITIONS]);
        cargo
    }

    /// Forgets whatever has been built.
    pub(super) fn clear(&self) -> Result<()> {
        let folder = self.folder.join(TARGET_DIR);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        Ok(())
    }

    /// An empty library.
    fn library(&self, name: &str, dependencies: &str) -> Result<()> {
        self.package(name, dependencies, "lib.rs", "#![no_std]\n")
    }

    /// A package of one file.
    fn package(&self, name: &str, dependencies: &str, file: &str, source: &str) -> Result<()> {
        let folder = self.folder.join(name);
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src").join(file), source)?;
        Ok(())
    }
}

/// The manifest of the workspace. The peers' versions are exact: what is compared does not move by itself.
fn manifest(top: &Path, syn: &str) -> String {
    let members = dependents().map(|dependent| dependent.package);
    let firmware = FIRMWARE.iter().map(|firmware| firmware.package);
    let members: Vec<_> = members.chain(firmware).chain([DEFINITIONS]).collect();
    let own = |name| format!("{name} = {{ path = '{}' }}", top.join(name).display());
    let mut dependencies = vec![
        own("mem-blocks"),
        own("mem-blocks-macros"),
        format!("syn = {{ version = \"{syn}\", default-features = false }}"),
    ];
    dependencies.extend(PEERS.iter().map(|(name, version, features)| {
        format!("{name} = {{ version = \"={version}\", features = {features:?} }}")
    }));
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[workspace.dependencies]\n{}\n\n{}",
        dependencies.join("\n"),
        firmware::PROFILE
    )
}

/// The version in `syn = { version = "3", ..`. A feature switched on in another one would be without effect.
fn syn_version(manifest: &str) -> Option<&str> {
    let syn = manifest.lines().find_map(|line| line.strip_prefix("syn = { version = \""))?;
    syn.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_the_definitions_and_else_the_same() {
        let way = Way { what: "", before: "a {", each: "\nb{n} c{n};", after: "}" };
        assert_eq!(
            way.source(2),
            "#![no_std]\n#![allow(unused_imports)]\na {\nb0 c0;\nb1 c1;\n}\n"
        );
        assert_eq!(way.source(0), "#![no_std]\n#![allow(unused_imports)]\na {\n}\n");
    }

    #[test]
    fn peers_are_of_an_exact_version() {
        let manifest = manifest(Path::new("top"), "3");
        assert!(manifest.contains("\nstatic_cell = { version = \"=2.1.1\", features = [] }\n"));
        assert!(manifest.contains("\nsyn = { version = \"3\", default-features = false }\n"));
        assert_eq!(syn_version(&manifest), Some("3"));
    }

    #[test]
    fn the_version_of_syn_is_that_of_the_workspace() {
        let manifest = fs::read_to_string(top().join("Cargo.toml")).unwrap();
        assert!(syn_version(&manifest).is_some());
        assert_eq!(syn_version("synstructure = { version = \"1\" }"), None);
    }
}
