//! What `README.md` quotes from other files or from measurements.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{
    examples::FIRMWARE,
    firmware::BUFFER,
    image::{self, Image},
    process,
    toolchain::{self, Cross},
    top,
};

/// Files that stand in the README, word for word, as blocks of code: the linker script that the firmware is linked
/// with, a wrong definition, and what the compiler says of it.
const FRAGMENTS: [&str; 3] = [
    "tests/firmware/sram2.x",
    "tests/ui/mistakes_of_both_kinds_are_reported_together.rs",
    "tests/ui/mistakes_of_both_kinds_are_reported_together.stderr",
];

/// A project of which everything but this is copied from the README.
const MANIFEST: &str = r#"[workspace]
[package]
name = "from-readme"
version = "0.0.0"
edition = "2024"

[dependencies]
cortex-m = { version = "0.7", features = ["critical-section-single-core"] }
cortex-m-rt = "0.7"
"#;
const PROGRAM: &str = r#"#![no_std]
#![no_main]
use cortex_m as _;
use cortex_m_rt::entry;
use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks(align = 32, unsafe(section = ".sram2"))]
static FRAMES: MemBlocks<[u8; 1536], 8>;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[entry]
fn main() -> ! {
    loop {
        drop(core::hint::black_box(FRAMES.alloc_zeroed()));
    }
}
"#;

pub(crate) fn check_fragments() -> Result<()> {
    let text = read()?;
    for file in FRAGMENTS {
        let fragment = fs::read_to_string(top().join(file)).context(file)?;
        let fragment = as_users_see_it(&fragment);
        if !code_blocks(&text).any(|block| block == fragment) {
            bail!("README.md has no block of code that is {file}:\n{fragment}");
        }
        println!("README.md has {file}");
    }
    // The applications to copy have a copy of their own.
    let script = fs::read_to_string(top().join(FRAGMENTS[0]))?;
    for firmware in FIRMWARE.iter().filter(|firmware| firmware.section == ".sram2") {
        let copy = firmware.folder().join("sram2.x");
        if fs::read_to_string(&copy).with_context(|| format!("{}", copy.display()))? != script {
            bail!("{} is not {}", copy.display(), FRAGMENTS[0]);
        }
    }
    Ok(())
}

/// The text without what is only there for the tests: marks of errors, the folder of the cases, their `main`.
fn as_users_see_it(text: &str) -> String {
    let text = text.split("\nfn main").next().unwrap_or(text);
    let line = |line: &str| {
        let line = line.split(" //~ ERROR").next().unwrap_or(line);
        let place = line.split_once("--> ui/").and_then(|(before, place)| {
            let (_, place) = place.split_once(':')?;
            Some(format!("{before}--> src/main.rs:{place}"))
        });
        place.unwrap_or_else(|| line.to_owned()) + "\n"
    };
    text.lines().map(line).collect()
}

/// A project that is put together from the README's blocks of code links, with a buffer where it should be.
pub(crate) fn check_project() -> Result<()> {
    let target = "thumbv7m-none-eabi";
    let folder = toolchain::target_dir().join("from-readme");
    for inside in [".cargo", "src"] {
        fs::create_dir_all(folder.join(inside))?;
    }
    let blocks: Vec<_> = code_blocks(&read()?).collect();
    let quoted = [
        ("memory.x", "MEMORY"),
        ("sram2.x", "SECTIONS"),
        (".cargo/config.toml", "rustflags ="),
        ("build.rs", "rustc-link-search"),
    ];
    for (file, mark) in quoted {
        let mut found = blocks.iter().filter(|block| block.contains(mark));
        let (Some(block), None) = (found.next(), found.next()) else {
            bail!("README.md has not exactly one block of code with `{mark}`, for {file}");
        };
        fs::write(folder.join(file), block)?;
    }
    let runtime_crate = top().join("mem-blocks");
    let manifest = format!("{MANIFEST}mem-blocks = {{ path = '{}' }}\n", runtime_crate.display());
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/main.rs"), PROGRAM)?;
    fs::copy(top().join("tests/firmware/Cargo.lock"), folder.join("Cargo.lock"))?;

    let mut cargo = Cross::find(target)?.cargo("build", target, "from-readme")?;
    process::run(cargo.args(["--quiet", "--release"]).current_dir(&folder))?;
    let built = toolchain::target_dir().join("firmware/from-readme").join(target);
    let image = Image::read(&built.join("release/from-readme"))?;
    let regions = image::regions(&folder.join("memory.x"))?;
    let mut wrong = image.strays(&regions, "FLASH");
    let sram2 = regions.iter().find(|region| region.name == "SRAM2").context("no region SRAM2")?;
    match image.variables.iter().find(|variable| variable.is_inside(BUFFER)) {
        None => wrong.push("the program has no buffer".to_owned()),
        Some(buffer)
            if buffer.section != ".sram2" || !sram2.range.contains(&buffer.range.start) =>
        {
            wrong.push(format!("the buffer: {buffer}, not in .sram2 and SRAM2"));
        }
        Some(buffer) if image.is_loaded(&buffer.range) => {
            wrong.push(format!("the image carries the buffer: {buffer}"));
        }
        Some(buffer) => println!("the project in README.md links; the buffer: {buffer}"),
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        bail!("the project in README.md: {}", wrong.join("\n  "))
    }
}

/// The text between `<!-- begin NAME -->` and `<!-- end NAME -->`.
pub(crate) fn generated(name: &str) -> Result<String> {
    let text = read()?;
    let (start, end) = bounds(&text, name)?;
    Ok(text[start..end].trim().to_owned())
}

/// Replaces the text that `generated` gives.
pub(crate) fn replace_generated(name: &str, new: &str) -> Result<()> {
    let text = read()?;
    let (start, end) = bounds(&text, name)?;
    let new = format!("{}\n{}\n{}", &text[..start], new.trim(), &text[end..]);
    fs::write(top().join("README.md"), new).context("cannot write README.md")
}

/// Replaces a figure: the same within a line.
pub(crate) fn replace_figure(name: &str, new: &str) -> Result<()> {
    let text = read()?;
    let (start, end) = bounds(&text, name)?;
    let new = format!("{}{new}{}", &text[..start], &text[end..]);
    fs::write(top().join("README.md"), new).context("cannot write README.md")
}

fn bounds(text: &str, name: &str) -> Result<(usize, usize)> {
    let (begin, end) = (format!("<!-- begin {name} -->"), format!("<!-- end {name} -->"));
    let missing = || format!("README.md lacks `{begin}` or `{end}`");
    let start = text.find(&begin).with_context(missing)? + begin.len();
    let end = start + text[start..].find(&end).with_context(missing)?;
    Ok((start, end))
}

fn read() -> Result<String> {
    let text = fs::read_to_string(top().join("README.md")).context("cannot read README.md")?;
    Ok(text.replace("\r\n", "\n"))
}

/// The content of each fenced block of code.
fn code_blocks(markdown: &str) -> impl Iterator<Item = String> {
    // Between two fences: every second part.
    let mut inside = false;
    let mut block = String::new();
    markdown.lines().filter_map(move |line| {
        if line.starts_with("```") {
            inside = !inside;
            return (!inside).then(|| std::mem::take(&mut block));
        }
        if inside {
            block.push_str(line);
            block.push('\n');
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_see_neither_marks_nor_the_folder_of_the_cases() {
        assert_eq!(as_users_see_it("a\nb //~ ERROR x2\n\nfn main() {\n}\n"), "a\nb\n");
        assert_eq!(
            as_users_see_it("error\n --> ui/case.rs:5:34\n"),
            "error\n --> src/main.rs:5:34\n"
        );
        assert_eq!(as_users_see_it("SECTIONS\n{\n}\n"), "SECTIONS\n{\n}\n");
    }

    #[test]
    fn code_blocks_are_what_stands_between_fences() {
        let blocks: Vec<_> = code_blocks("a\n```ld\nb\nc\n```\nd\n```\n```\n").collect();
        assert_eq!(blocks, ["b\nc\n", ""]);
    }

    #[test]
    fn bounds_are_behind_and_before_the_markers() {
        let text = "a<!-- begin x -->\nb\n<!-- end x -->c";
        let (start, end) = bounds(text, "x").unwrap();
        assert_eq!(&text[start..end], "\nb\n");
        assert!(bounds(text, "y").is_err());
    }
}
