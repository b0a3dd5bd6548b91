//! What `README.md` quotes from other files or from measurements.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::top;

const FRAGMENT: &str = "tests/firmware/sram2.x";

/// The linker script that the firmware is linked with stands in the README, word for word, as a block of code.
pub(crate) fn check_fragment() -> Result<()> {
    let fragment = fs::read_to_string(top().join(FRAGMENT)).context(FRAGMENT)?;
    if !code_blocks(&read()?).any(|block| block == fragment) {
        bail!("README.md has no block of code that is {FRAGMENT}:\n{fragment}");
    }
    println!("README.md has {FRAGMENT}");
    Ok(())
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
