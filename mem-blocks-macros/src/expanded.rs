//! What is generated, option by option, as snapshots to read: `../expanded/NAME.rs` has the
//! definition and what becomes of it. `UPDATE_EXPECT=1 cargo test -p mem-blocks-macros` writes them.
//!
//! Tokens are all that they show; the places in the user's file that the tokens have are what
//! `tests/ui` is about.

use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;

use crate::{complete, parse};

fn check(definition: &str, expansion: TokenStream, snapshot: &ExpectFile) {
    let items = syn::parse2(expansion).expect("what is generated should be items");
    let definition: String = definition
        .lines()
        .map(|line| line.strip_prefix("        ").unwrap_or(line).trim_end())
        .flat_map(|line| ["//", if line.is_empty() { "" } else { " " }, line, "\n"])
        .collect();
    snapshot.assert_eq(&format!("{definition}\n{}", prettyplease::unparse(&items)));
}

/// What becomes of one static with `#[mem_blocks(options)]`.
fn attribute(options: &str, item: &str, snapshot: &ExpectFile) {
    let tokens = |text: &str| text.parse().expect("the text should be tokens");
    let expansion = complete::items(parse::attribute(tokens(options), tokens(item)));
    let options = if options.is_empty() { String::new() } else { format!("({options})") };
    check(&format!("#[mem_blocks{options}]\n{item}"), expansion, snapshot);
}

/// What becomes of the content of `define_mem_blocks!`.
fn list(items: &str, snapshot: &ExpectFile) {
    let items = items.trim_matches('\n').trim_end();
    let tokens = items.parse().expect("the text should be tokens");
    check(items, complete::items(parse::items(tokens)), snapshot);
}

const POOL: &str = "static POOL: MemBlocks<[u8; 64], 4>;";

#[test]
fn no_option() {
    let item =
        "/// Documented.\n#[allow(dead_code)]\npub(crate) static POOL: MemBlocks<[u8; 64], 4>;";
    attribute("", item, &expect_file!["../expanded/no_option.rs"]);
}

#[test]
fn align() {
    attribute("align = 2 * LINE", POOL, &expect_file!["../expanded/align.rs"]);
}

#[test]
fn uninit() {
    attribute("uninit", POOL, &expect_file!["../expanded/uninit.rs"]);
}

#[test]
fn section() {
    attribute("unsafe(section = \".sram2\")", POOL, &expect_file!["../expanded/section.rs"]);
}

#[test]
fn buffer() {
    attribute("unsafe(buffer = memory::BUFFER)", POOL, &expect_file!["../expanded/buffer.rs"]);
}

#[test]
fn buffer_and_align() {
    attribute(
        "unsafe(buffer = memory::BUFFER), align = 32",
        POOL,
        &expect_file!["../expanded/buffer_and_align.rs"],
    );
}

#[test]
fn address() {
    attribute("unsafe(address = BASE + 4)", POOL, &expect_file!["../expanded/address.rs"]);
}

#[test]
fn address_and_align() {
    attribute(
        "align = 32, unsafe(address = BASE)",
        POOL,
        &expect_file!["../expanded/address_and_align.rs"],
    );
}

#[test]
fn listener() {
    attribute("listener = trace::record", POOL, &expect_file!["../expanded/listener.rs"]);
}

#[test]
fn runtime_crate() {
    attribute("crate = hal::blocks", POOL, &expect_file!["../expanded/crate.rs"]);
}

#[test]
fn options_under_a_condition() {
    list(
        r#"
        #[cfg_attr(feature = "retain", mem_blocks(uninit))]
        static POOL: MemBlocks<[u8; 64], 4>;
        "#,
        &expect_file!["../expanded/cfg_attr.rs"],
    );
}

#[test]
fn attributes() {
    list(
        r#"
        #[expect(dead_code, reason = "for the next board")]
        #[cfg(feature = "spare")]
        #[deprecated]
        static SPARE: Frames;
        "#,
        &expect_file!["../expanded/attributes.rs"],
    );
}

#[test]
fn there_are_no_other_snapshots() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("expanded");
    let files = std::fs::read_dir(folder).expect("the folder is there").count();
    let tests = include_str!("expanded.rs").matches("&expect_file![").count();
    // One more is in the line above.
    assert_eq!(files, tests - 1);
}

#[test]
fn mistakes() {
    list(
        r"
        #[mem_blocks(colour, align = 3)]
        pub static POOL: MemBlocks<[u8; 64], 4> = MemBlocks::new();
        #[cfg(a)]
        static OTHER;
        fn function() {}
        ",
        &expect_file!["../expanded/mistakes.rs"],
    );
}
