//! Definitions that are wrong: each file under `ui` breaks the rule that it is named after, and the
//! text beside it is what the compiler says, to the word and to the place.
//!
//! After a change of a text, look at what `TRYBUILD=overwrite cargo test -p mem-blocks-tests --test
//! ui` writes.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use trybuild::TestCases;

/// The compiler whose words the expected texts are: a good part of them is not ours. With another,
/// the cases must be refused all the same, in whatever words; `cargo xtask test` also runs this
/// test with this compiler.
const COMPILER: &str = "rustc 1.95.";

/// Set for a second process of this test, which works on copies.
const COPIES: &str = "MEM_BLOCKS_UI_COPIES";

#[test]
fn each_mistake_is_an_error() {
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    if env::var_os(COPIES).is_some() {
        TestCases::new().compile_fail(copies.join("*.rs"));
    } else if version().starts_with(COMPILER) {
        TestCases::new().compile_fail("ui/*.rs");
    } else {
        copy_cases(&copies);
        // Told to write the texts that are missing, which is all of them, it compares none.
        let mut test = Command::new(env::current_exe().expect("this program has a path"));
        test.args(["--exact", "each_mistake_is_an_error"]);
        test.env(COPIES, "1").env("TRYBUILD", "overwrite");
        let ended = test.output().expect("this program can be run");
        // trybuild reports there.
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

/// Copies the cases without their expected texts.
fn copy_cases(to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("the folder for copies is writable");
    for entry in fs::read_dir("ui").expect("the tests' folder is the current one") {
        let path = entry.expect("the folder is readable").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.file_name().expect("a file has a name");
            fs::copy(&path, to.join(name)).expect("the folder for copies is writable");
        }
    }
}

fn version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc should run");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
