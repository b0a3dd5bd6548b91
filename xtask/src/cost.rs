//! What the allocator costs: in flash and RAM, measured on ELF files, and in instructions, counted under QEMU. And the
//! tables of it in `README.md`.

use anyhow::{Context, Result, bail};

use crate::{
    board,
    firmware::{self, BITMAP, BUFFER},
    image::Image,
    readme,
    toolchain::Cross,
    trace,
};

/// What to do about a table that differs from the one in the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Fail.
    Compare,
    /// Write the new one to the README.
    Write,
}

const NAME: &str = "cargo xtask size";
const NOTES: &str = "Each of these calls takes the lock once. Values are written, zeros filled in and members of a \
    group chosen\nwith interrupts on.";
const MEASURED_WITH: &str = "thumbv7m-none-eabi, `opt-level = \"s\"`, fat LTO, rustc";
pub(crate) const PACKAGE: &str = "firmware-size";

/// By how many per cent the code may differ where another compiler made it.
const OTHER_COMPILER: u64 = 15;

/// What is measured, and two figures.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    what: &'static str,
    first: u64,
    second: Option<u64>,
}

/// The programs of which the size is measured: by how much each is larger than `baseline`.
const SIZES: &[(&str, &str)] = &[
    ("one pool, descriptor included: `alloc`, drop of a block", "one_block"),
    ("the same for three pools of different types", "one_block_three_pools"),
    ("one pool, descriptor included: all methods, by handle and by address", "every_operation"),
    ("the same for three pools of different types", "every_operation_three_pools"),
];

/// The calls of the program `instructions`, in their order. Each takes the lock once.
const CALLS: &[(&str, &str)] = &[
    ("`alloc`", "measured_alloc"),
    ("drop of a block", "measured_drop_block"),
    ("`alloc`, only the last block free", "measured_alloc"),
    ("`alloc`, no block free", "measured_alloc"),
    ("`alloc_with`", "measured_alloc_with"),
    ("`Block::into_inner`", "measured_into_inner"),
    ("`alloc_zeroed`", "measured_alloc_zeroed"),
    ("`alloc_array` of 4 blocks", "measured_alloc_array"),
    ("`alloc_scatter` of 8 blocks", "measured_alloc_scatter"),
    ("drop of a scatter of 8 blocks", "measured_drop_scatter"),
    ("`alloc_contiguous` of 4 blocks", "measured_alloc_contiguous"),
    ("drop of a run of 4 blocks", "measured_drop_run"),
    ("`alloc_contiguous_in` of 2 to 4 blocks", "measured_alloc_contiguous_in"),
    ("`claim` of 4 blocks", "measured_claim"),
    ("`is_free` of 4 blocks", "measured_is_free"),
    ("`used`", "measured_used"),
    ("`available`", "measured_available"),
    ("`largest_free_run`", "measured_largest_free_run"),
    ("`RawMemBlocks::alloc` of 8 blocks", "measured_raw_alloc"),
    ("`RawMemBlocks::free`, the last of 8 refused", "measured_raw_free_refused"),
    ("`RawMemBlocks::free` of 8 blocks", "measured_raw_free"),
    ("`RawMemBlocks::alloc_contiguous` of 4 blocks", "measured_raw_alloc_contiguous"),
    ("`RawMemBlocks::free_contiguous` of 4 blocks", "measured_raw_free_contiguous"),
    ("`RawMemBlocks::claim` of 4 blocks", "measured_raw_claim"),
    ("`RawMemBlocks::is_region_free` of 4 blocks", "measured_raw_is_region_free"),
    ("`Group::alloc`, `smallest_fit` of 2 members", "measured_group_alloc"),
    ("drop of a `GroupBlock`", "measured_drop_group_block"),
    ("`Group::alloc_array` of 4 blocks", "measured_group_alloc_array"),
    ("`Group::alloc_contiguous` of 4 blocks", "measured_group_alloc_contiguous"),
    ("drop of a `GroupRun` of 4 blocks", "measured_drop_group_run"),
    ("`Group::free` of 2 blocks of 2 members", "measured_group_free"),
    ("1024 blocks: `alloc`, only the last free", "measured_large_alloc"),
    (
        "1024 blocks: `alloc_contiguous` of 4, only the last 4 adjacent",
        "measured_large_alloc_contiguous",
    ),
    ("1024 blocks: `largest_free_run`, every second free", "measured_large_largest_free_run"),
];

pub(crate) fn check(mode: Mode) -> Result<()> {
    let new = measure()?;
    println!("{new}");
    if mode == Mode::Write {
        return readme::replace_generated(NAME, &new);
    }
    let old = readme::generated(NAME)?;
    match difference(&old, &new) {
        None => Ok(()),
        Some(difference) => {
            bail!("README.md has other figures: {difference}; `{NAME} --write` updates them")
        }
    }
}

/// Both tables, and what they were measured with.
fn measure() -> Result<String> {
    let (board, _) = board::packages()
        .find(|(_, package)| *package == PACKAGE)
        .context("no board for the package")?;
    let cross = Cross::find(board.target)?;
    let build = |program| firmware::build(&cross, board, PACKAGE, program, &[]);
    let image = |program| Image::read(&build(program)?);

    let largest = image("every_operation_three_pools")?;
    let mut bytes = vec![
        pool("a pool of up to 32 blocks", &largest, "POOL")?,
        pool("a pool of 1024 blocks", &largest, "WORDS")?,
    ];
    let baseline = flash(&image("baseline")?);
    for (what, program) in SIZES {
        bytes.push(Row { what, first: flash(&image(program)?) - baseline, second: None });
    }

    let elf = build("instructions")?;
    let calls = trace::calls(board, &elf, &Image::read(&elf)?, "measured_")?;
    if !calls.iter().map(|call| call.name.as_str()).eq(CALLS.iter().map(|(_, name)| *name)) {
        bail!("the program makes other calls than the table has: {calls:?}");
    }
    if let Some(call) = calls.iter().find(|call| call.locks != 1) {
        bail!("{} takes the lock {} times, not once", call.name, call.locks);
    }
    let instructions: Vec<_> = CALLS
        .iter()
        .zip(&calls)
        .map(|((what, _), call)| Row { what, first: call.instructions, second: Some(call.masked) })
        .collect();

    let compiler = cross.version()?;
    Ok(format!(
        "{}\n{}\n{NOTES}\n\n{MEASURED_WITH} {compiler}.\n",
        table("| bytes | flash | RAM beside the buffer |", &bytes),
        table(
            "| instructions, 32 blocks of 64 bytes | all | longest stretch with interrupts off |",
            &instructions
        ),
    ))
}

/// What an image takes in flash.
fn flash(image: &Image) -> u64 {
    [".text", ".rodata", ".data"].iter().map(|name| image.section_size(name)).sum()
}

/// The descriptor and the bitmap of a pool.
fn pool(what: &'static str, image: &Image, pool: &str) -> Result<Row> {
    let own = image
        .variables
        .iter()
        .filter(|variable| variable.is_inside(pool) && !variable.is_inside(BUFFER));
    let (bitmaps, descriptors): (Vec<_>, Vec<_>) =
        own.partition(|variable| variable.is_inside(BITMAP));
    match (&descriptors[..], &bitmaps[..]) {
        ([descriptor], [bitmap]) => {
            Ok(Row { what, first: descriptor.size(), second: Some(bitmap.size()) })
        }
        _ => bail!("{pool}: not one descriptor and one bitmap: {descriptors:?} {bitmaps:?}"),
    }
}

fn table(head: &str, rows: &[Row]) -> String {
    let rows = rows.iter().map(|Row { what, first, second }| match second {
        Some(second) => format!("| {what} | {first} | {second} |\n"),
        None => format!("| {what} | {first} | |\n"),
    });
    format!("{head}\n|---|--:|--:|\n{}", rows.collect::<String>())
}

/// The first figures that differ, if any do. Two compilers may make code of slightly different size.
fn difference(old: &str, new: &str) -> Option<String> {
    let compiler = |text: &str| text.lines().last().map(str::to_owned);
    let allowed = if compiler(old) == compiler(new) { 0 } else { OTHER_COMPILER };
    let (old, new) = (readme::rows(old), readme::rows(new));
    if old.len() != new.len() {
        return Some(format!("{} rows instead of {}", old.len(), new.len()));
    }
    let (old, new) = old.iter().zip(&new).find(|(old, new)| {
        let is_near = |(old, new): (&u64, &u64)| old.abs_diff(*new) * 100 <= old * allowed;
        old.0 != new.0 || old.1.len() != new.1.len() || !old.1.iter().zip(&new.1).all(is_near)
    })?;
    Some(format!("`{}` {:?} there, `{}` {:?} measured", old.0, old.1, new.0, new.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(compiler: &str, first: u64, second: Option<u64>) -> String {
        let table = table("| bytes | flash | RAM |", &[Row { what: "a pool", first, second }]);
        format!("{table}\n{MEASURED_WITH} {compiler}.")
    }

    #[test]
    fn equal_tables_do_not_differ() {
        let one = text("1.96.0", 100, Some(4));
        assert_eq!(difference(&one, &one), None);
        assert_eq!(readme::rows(&one)[2], ("a pool".to_owned(), vec![100, 4]));
    }

    #[test]
    fn one_compiler_must_give_the_same_figures() {
        let old = text("1.96.0", 100, Some(4));
        let found = difference(&old, &text("1.96.0", 101, Some(4))).unwrap();
        assert_eq!(found, "`a pool` [100, 4] there, `a pool` [101, 4] measured");
        assert!(difference(&old, &text("1.96.0", 100, Some(8))).is_some());
        assert!(difference(&old, &text("1.96.0", 100, None)).is_some());
    }

    #[test]
    fn another_compiler_may_give_slightly_other_figures() {
        let old = text("1.96.0", 100, Some(4));
        assert!(difference(&old, &text("1.97.0", 115, Some(4))).is_none());
        assert!(difference(&old, &text("1.97.0", 116, Some(4))).is_some());
        assert!(difference(&old, &text("1.97.0", 100, Some(8))).is_some());
    }

    #[test]
    fn a_missing_row_is_a_difference() {
        assert!(difference("", &text("1.96.0", 100, None)).is_some());
    }
}
