//! Definitions that are wrong: each file under `ui` breaks the rule that it is named after, and the
//! text beside it is what the compiler says, to the word and to the place.
//!
//! After a change of a text, look at what `TRYBUILD=overwrite cargo test -p mem-blocks-tests --test
//! ui` writes.

use std::env;
use std::process::Command;

/// The compiler whose words the expected texts are: a good part of them is not ours.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn each_mistake_is_one_error_at_the_wrong_word() {
    let version = version();
    if version.starts_with(COMPILER) {
        trybuild::TestCases::new().compile_fail("ui/*.rs");
        return;
    }
    let message = format!(
        "the texts under tests/ui are those of {COMPILER}x; this is {version}: NOT COMPARED"
    );
    assert!(env::var_os("CI").is_none(), "{message}");
    eprintln!("{message}");
}

fn version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc should run");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
