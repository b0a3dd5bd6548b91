//! What tests the runtime crate from workspaces of its own, as a test of this one: `cargo xtask mutants` can run no others.
//! For all else, other commands run it.

use std::env;
use std::path::Path;
use std::process::Command;

/// Runs cargo in a folder beside this file, compiling as this was compiled, and with more flags.
fn cargo(folder: &str, arguments: &[&str], flags: &str) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).args(arguments);
    let flags = [&env::var("RUSTFLAGS").unwrap_or_default(), flags].join(" ");
    cargo.env("RUSTFLAGS", flags.trim()).env_remove("CARGO_TARGET_DIR");
    let status = cargo.status().expect("cargo can be run");
    assert!(status.success(), "{folder}: {status}");
}

#[test]
#[ignore = "`cargo xtask ci` runs all of it by other commands"]
fn the_lock_and_small_words_and_models() {
    let by_lock = env::var("RUSTFLAGS").is_ok_and(|flags| flags.contains("no_compare_and_swap"));
    let by = if by_lock { "lock" } else { "compare-and-swap" };
    cargo("lock", &["test", "--locked"], "");
    let run = ["run", "--locked", "--release", "--quiet", "--", "2", by];
    cargo("exhaustive", &run, "--cfg=mem_blocks_word_bits=\"2\"");
    cargo("loom", &["test", "--locked", "--release"], "--cfg=loom");
}
