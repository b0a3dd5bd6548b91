//! What the allocator costs on every kind of core: instructions, interrupts off and stack, counted under QEMU; bytes of
//! flash and RAM, measured on ELF files. And the tables of it in `README.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context, Result, bail};

use crate::{
    board::{BOARDS, Board},
    firmware::{self, BITMAP, BUFFER},
    image::Image,
    readme,
    toolchain::Cross,
    trace::{Call, Trace},
};

/// What to do about tables that differ from those in the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Fail.
    Compare,
    /// Write the new ones to the README.
    Write,
}

const NAME: &str = "cargo xtask cost";
const MEASURED_WITH: &str = "`opt-level = \"s\"` unless a table says otherwise, fat LTO, rustc";

/// The profile with `opt-level = 3`, and the core that it is measured on.
const FAST: &str = "fast";
const FAST_CORE: &str = "Cortex-M3";

/// By how many per cent the figures may be worse where another compiler made the code.
pub(crate) const OTHER_COMPILER: u64 = 15;

/// The numbers of blocks that a program `cost_N_blocks` is measured for.
const BLOCKS: [u64; 5] = [8, 32, 128, 1024, 8192];

/// For so many instructions interrupts may be off in a call, on any core: what grows with the number of blocks would soon
/// be more.
const MOST_WITH_INTERRUPTS_OFF: u64 = 40;

/// Without a compare-and-swap: there, an operation on a pool of one word takes the lock.
const WITHOUT_EXCHANGE: [&str; 2] = ["Cortex-M0", "RV32IMC"];

/// The programs of which the size is measured: that of what they call, and of what that calls in the crate.
const SIZES: [(&str, &str); 6] = [
    ("code of `alloc` and drop of a block, one pool", "one_block"),
    (
        "code of `alloc` and drop of a block, three pools of different types",
        "one_block_three_pools",
    ),
    ("code of `alloc` and drop of a block, a pool of 1024 blocks", "one_block_large_pool"),
    ("code of all methods, by handle and by address, one pool", "every_operation"),
    (
        "code of all methods, by handle and by address, three pools of different types",
        "every_operation_three_pools",
    ),
    (
        "code of all methods, by handle and by address, a pool of 1024 blocks",
        "every_operation_large_pool",
    ),
];

/// The program that makes every call once.
const EVERY_CALL: &str = "instructions";

/// Its calls, in their order.
const CALLS: &[(&str, &str)] = &[
    ("`alloc`", "alloc"),
    ("drop of a block", "drop_block"),
    ("`alloc`, only the last block free", "alloc"),
    ("`alloc`, no block free", "alloc"),
    ("`alloc_with`", "alloc_with"),
    ("`Block::into_inner`", "into_inner"),
    ("`alloc_zeroed`", "alloc_zeroed"),
    ("`alloc_array` of 4 blocks", "alloc_array"),
    ("`alloc_scatter` of 8 blocks", "alloc_scatter"),
    ("drop of a scatter of 8 blocks", "drop_scatter"),
    ("`alloc_contiguous` of 4 blocks", "alloc_contiguous"),
    ("drop of a run of 4 blocks", "drop_run"),
    ("`alloc_contiguous_in` of 2 to 4 blocks", "alloc_contiguous_in"),
    ("`claim` of 4 blocks", "claim"),
    ("`is_free` of 4 blocks", "is_free"),
    ("`used`", "used"),
    ("`available`", "available"),
    ("`largest_free_run`", "largest_free_run"),
    ("`RawMemBlocks::free` of 1 block", "raw_free_one"),
    ("`RawMemBlocks::alloc` of 8 blocks", "raw_alloc"),
    ("`RawMemBlocks::free`, the last of 8 refused", "raw_free_refused"),
    ("`RawMemBlocks::free` of 8 blocks", "raw_free"),
    ("`RawMemBlocks::alloc_contiguous` of 4 blocks", "raw_alloc_contiguous"),
    ("`RawMemBlocks::free_contiguous` of 4 blocks", "raw_free_contiguous"),
    ("`RawMemBlocks::claim` of 4 blocks", "raw_claim"),
    ("`RawMemBlocks::is_region_free` of 4 blocks", "raw_is_region_free"),
    ("`Group::alloc`, `smallest_fit` of 2 members", "group_alloc"),
    ("drop of a `GroupBlock`", "drop_group_block"),
    ("`Group::alloc_array` of 4 blocks", "group_alloc_array"),
    ("`Group::alloc_contiguous` of 4 blocks", "group_alloc_contiguous"),
    ("drop of a `GroupRun` of 4 blocks", "drop_group_run"),
    ("`Group::free` of 2 blocks of 2 members", "group_free"),
    ("1024 blocks: `alloc`, only the last free", "large_alloc"),
    ("1024 blocks: `alloc_contiguous` of 4, only the last 4 adjacent", "large_alloc_contiguous"),
    ("1024 blocks: `largest_free_run`, every second free", "large_largest_free_run"),
];

/// The calls of a program `cost_N_blocks`, in their order, and the least number of blocks for which it makes them.
const CALLS_OF_N: &[(&str, &str, u64)] = &[
    ("`alloc`", "alloc", 1),
    ("drop of a block", "drop_block", 1),
    ("`alloc`, lower half taken", "alloc", 1),
    ("`alloc`, only the last block free", "alloc", 1),
    ("`RawMemBlocks::alloc` of 1", "raw_alloc", 1),
    ("`RawMemBlocks::free` of 1", "raw_free_one", 1),
    ("`RawMemBlocks::alloc` of 2", "raw_alloc", 2),
    ("`RawMemBlocks::free` of 2", "raw_free", 2),
    ("`RawMemBlocks::alloc` of 8", "raw_alloc", 8),
    ("`RawMemBlocks::free` of 8", "raw_free", 8),
    ("`RawMemBlocks::alloc` of 32", "raw_alloc", 32),
    ("`RawMemBlocks::free` of 32", "raw_free", 32),
    ("`RawMemBlocks::alloc` of 8, only the last 8 free", "raw_alloc", 8),
    ("`RawMemBlocks::free` of 8, the last refused", "raw_free", 8),
    ("`RawMemBlocks::alloc` of 8, only the last 7 free", "raw_alloc", 8),
    ("`alloc_scatter` of 2", "scatter_2", 2),
    ("drop of a scatter of 2", "drop_scatter_2", 2),
    ("`alloc_scatter` of 8", "scatter_8", 8),
    ("drop of a scatter of 8", "drop_scatter_8", 8),
    ("`alloc_scatter` of 32", "scatter_32", 32),
    ("drop of a scatter of 32", "drop_scatter_32", 32),
    ("`alloc_contiguous` of 4", "run_4", 4),
    ("drop of a run of 4", "drop_run", 4),
    ("`alloc_contiguous` of 16", "run_16", 16),
    ("`alloc_contiguous` of 4, a number that the compiler does not know", "run", 4),
    ("`alloc_contiguous` of 4, only the last 4 adjacent", "run_4", 8),
    ("`alloc_contiguous` of 4, no 2 adjacent", "run_4", 8),
    ("`claim` of 4", "claim", 4),
    ("`RawMemBlocks::alloc` of 8, 4 free in each word", "raw_alloc", 64),
    ("`RawMemBlocks::free` of 8 of two words", "raw_free", 64),
    ("`RawMemBlocks::alloc` of 64", "raw_alloc", 64),
    ("`RawMemBlocks::free` of 64", "raw_free", 64),
    ("`claim` of 4 of two words", "claim", 64),
    ("`RawMemBlocks::free_contiguous` of 4 of two words", "raw_free_contiguous", 64),
];

/// Whether a program is measured and not run for what it does.
pub(crate) fn is_measured(program: &str) -> bool {
    programs().contains(&program.to_owned())
}

fn programs() -> Vec<String> {
    let sizes = SIZES.iter().map(|(_, program)| *program);
    let fixed = sizes.chain([EVERY_CALL]).map(str::to_owned);
    fixed.chain(BLOCKS.map(program_of)).collect()
}

/// The program for that many blocks.
fn program_of(blocks: u64) -> String {
    format!("cost_{blocks}_blocks")
}

pub(crate) fn check(mode: Mode) -> Result<()> {
    let old = readme::generated(NAME)?;
    let new = measure()?;
    println!("{new}");
    match mode {
        Mode::Write => readme::replace_generated(NAME, &new),
        Mode::Compare => compare(&old, &new),
    }
}

/// A table: its title, what its columns are, and its rows.
pub(crate) struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    pub(crate) fn new(title: &str, columns: impl IntoIterator<Item = String>) -> Self {
        Table { title: title.to_owned(), columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, what: &str, cells: impl IntoIterator<Item = String>) {
        self.rows.push((what.to_owned(), cells.into_iter().collect()));
    }

    pub(crate) fn as_markdown(&self) -> String {
        let line = |first: &str, cells: &[String]| format!("| {first} | {} |\n", cells.join(" | "));
        let rule = format!("|---|{}\n", "--:|".repeat(self.columns.len()));
        let rows: String = self.rows.iter().map(|(what, cells)| line(what, cells)).collect();
        line(&self.title, &self.columns) + &rule + &rows
    }
}

/// All tables, and what they were measured with.
fn measure() -> Result<String> {
    let cores: Vec<_> = BOARDS.iter().filter_map(|board| Some((board.core?, board))).collect();
    let names = || cores.iter().map(|(core, _)| (*core).to_owned());
    let mut measured = Vec::new();
    for (_, board) in &cores {
        let cross = Cross::find(board.target)?;
        firmware::build(&cross, board, firmware::RELEASE, &programs(), board.features)?;
        measured.push(Measured::of(board).with_context(|| board.name)?);
    }

    let mut bytes = Table::new("bytes", names());
    let row = |value: fn(&Measured) -> u64| measured.iter().map(move |m| value(m).to_string());
    bytes.push("descriptor of a pool, in flash", row(|m| m.of_n[1].descriptor));
    for (at, blocks) in BLOCKS.iter().enumerate() {
        let cells = measured.iter().map(|m| m.of_n[at].bitmap.to_string());
        bytes.push(&format!("RAM beside the buffer, {blocks} blocks"), cells);
    }
    bytes.push(
        "the same, once in a program, for all pools of more than 32 blocks",
        measured.iter().map(|m| m.turn.to_string()),
    );
    for (at, (what, _)) in SIZES.iter().enumerate() {
        bytes.push(what, measured.iter().map(|m| m.sizes[at].to_string()));
    }

    let mut every_call = Table::new("32 blocks of 64 bytes", names());
    for (at, (what, _)) in CALLS.iter().enumerate() {
        every_call.push(what, measured.iter().map(|m| cell(&m.every_call[at])));
    }

    let (core, board) =
        cores.iter().find(|(core, _)| *core == FAST_CORE).context("no board has this core")?;
    let cross = Cross::find(board.target)?;
    let of_n: Vec<_> = BLOCKS.map(program_of).into();
    firmware::build(&cross, board, FAST, &of_n, board.features)?;
    let fast: Vec<_> =
        BLOCKS.iter().map(|&blocks| OfN::of(board, FAST, blocks)).collect::<Result<_>>()?;
    let fast = table(&format!("{core}, `opt-level = 3`"), &fast);

    let compilers: BTreeSet<_> = cores
        .iter()
        .map(|(_, board)| Cross::find(board.target)?.version())
        .collect::<Result<_>>()?;
    let compilers: Vec<_> = compilers.into_iter().collect();
    let of_cores: String =
        cores.iter().zip(&measured).map(|((core, _), m)| table(core, &m.of_n)).collect();
    Ok(format!(
        "{}\n{LEGEND}\n\n{}\n<details>\n<summary>By number of blocks</summary>\n\n{of_cores}{fast}</details>\n\n\
        {MEASURED_WITH} {}.\n",
        bytes.as_markdown(),
        every_call.as_markdown(),
        compilers.join(", "),
    ))
}

const LEGEND: &str = "Below, `34 / 15 / 16` are 34 instructions of the call and all that it calls, the longest stretch of \
    them with interrupts\noff being 15, and 16 bytes of stack written (a function may reserve a few more than it writes). \
    Values are written, zeros\nfilled in and members of a group chosen with interrupts on. A call that is made in one place \
    of a program is inlined there\nand can cost less than where it is shared: the tables by number of blocks are those of a \
    program with fewer of them.\nNumbers of blocks are constants, unless a row says otherwise.";

pub(crate) fn cell(call: &Call) -> String {
    format!("{} / {} / {}", call.instructions, call.masked, call.stack)
}

/// What was measured for one core.
struct Measured {
    /// Of what a program has for all of its larger pools.
    turn: u64,
    /// In the order of `SIZES`.
    sizes: Vec<u64>,
    /// In the order of `CALLS`.
    every_call: Vec<Call>,
    /// In the order of `BLOCKS`.
    of_n: Vec<OfN>,
}

/// What was measured for one number of blocks.
struct OfN {
    descriptor: u64,
    bitmap: u64,
    /// Of the functions that run in the calls.
    code: u64,
    /// By the place in `CALLS_OF_N`.
    calls: BTreeMap<usize, Call>,
}

impl Measured {
    fn of(board: &Board) -> Result<Self> {
        let image = |program: &str| Image::read(&board.built(program));
        let sizes = SIZES.map(|(_, program)| Ok(code(&image(program)?)));
        let expected: Vec<_> = CALLS.iter().map(|(_, name)| *name).collect();
        let larger = image(&program_of(1024))?;
        let turn = larger.variables.iter().find(|variable| variable.is_inside("TURN"));
        Ok(Measured {
            turn: turn.context("no variable for what is under way")?.size(),
            sizes: sizes.into_iter().collect::<Result<_>>()?,
            every_call: calls(board, &board.built(EVERY_CALL), &image(EVERY_CALL)?, &expected)?,
            of_n: BLOCKS
                .iter()
                .map(|&blocks| OfN::of(board, firmware::RELEASE, blocks))
                .collect::<Result<_>>()?,
        })
    }
}

/// The table by number of blocks, of one core.
fn table(core: &str, of_n: &[OfN]) -> String {
    let mut table = Table::new(core, BLOCKS.map(|blocks| format!("{blocks} blocks")));
    for (at, (what, ..)) in CALLS_OF_N.iter().enumerate() {
        let found = of_n.iter().map(|of_n| of_n.calls.get(&at));
        table.push(what, found.map(|call| call.map_or_else(String::new, cell)));
    }
    table.push("code of these, bytes", of_n.iter().map(|of_n| of_n.code.to_string()));
    table.push("RAM beside the buffer, bytes", of_n.iter().map(|of_n| of_n.bitmap.to_string()));
    table.push("descriptor in flash, bytes", of_n.iter().map(|of_n| of_n.descriptor.to_string()));
    table.as_markdown() + "\n"
}

impl OfN {
    fn of(board: &Board, profile: &str, blocks: u64) -> Result<Self> {
        let program = program_of(blocks);
        let elf = board.built_with(profile, &program);
        let image = Image::read(&elf)?;
        let made = CALLS_OF_N.iter().enumerate().filter(|(_, (.., least))| *least <= blocks);
        let (places, names): (Vec<_>, Vec<_>) = made.map(|(at, (_, name, _))| (at, *name)).unzip();
        let calls = calls(board, &elf, &image, &names)?;
        let is_lock_free =
            blocks <= 32 && board.core.is_some_and(|core| !WITHOUT_EXCHANGE.contains(&core));
        if let Some(call) = calls.iter().find(|call| is_lock_free && call.locks != 0) {
            bail!("{program}: {} turns interrupts off", call.name);
        }
        let functions: BTreeSet<_> = calls.iter().flat_map(|call| &call.functions).collect();
        let ran = image.functions().filter(|function| functions.contains(&function.range.start));
        // Two names of one function are one.
        let sizes: BTreeMap<_, _> = ran.map(|found| (found.range.start, found.size())).collect();
        let (descriptor, bitmap) = pool(&image)?;
        Ok(OfN {
            descriptor,
            bitmap,
            code: sizes.values().sum(),
            calls: places.into_iter().zip(calls).collect(),
        })
    }
}

/// The calls that a program makes, which must be those with these names.
fn calls(board: &Board, elf: &Path, image: &Image, names: &[&str]) -> Result<Vec<Call>> {
    let calls = Trace::record(board, elf)?.calls(image, "measured_")?;
    let found = calls.iter().filter_map(|call| call.name.strip_prefix("measured_"));
    if !found.eq(names.iter().copied()) {
        bail!("{} makes other calls than the table has: {calls:?}", elf.display());
    }
    if let Some(call) = calls.iter().find(|call| call.masked > MOST_WITH_INTERRUPTS_OFF) {
        bail!(
            "{}: {} has interrupts off for {} instructions",
            elf.display(),
            call.name,
            call.masked
        );
    }
    Ok(calls)
}

/// The size of the functions whose names say that they are measured, and of those of the crate.
fn code(image: &Image) -> u64 {
    let is_measured = |name: &str| name.starts_with("measured_") || name.contains("mem_blocks");
    let found = image.functions().filter(|function| is_measured(&function.name));
    // Two names of one function are one.
    let sizes: BTreeMap<_, _> = found.map(|found| (found.range.start, found.size())).collect();
    sizes.values().sum()
}

/// What an image takes in flash.
pub(crate) fn flash(image: &Image) -> u64 {
    [".text", ".rodata", ".data"].iter().map(|name| image.section_size(name)).sum()
}

/// The sizes of the descriptor and of the bitmap of the pool `POOL`.
fn pool(image: &Image) -> Result<(u64, u64)> {
    let own = image
        .variables
        .iter()
        .filter(|variable| variable.is_inside("POOL") && !variable.is_inside(BUFFER));
    let (bitmaps, descriptors): (Vec<_>, Vec<_>) =
        own.partition(|variable| variable.is_inside(BITMAP));
    match (&descriptors[..], &bitmaps[..]) {
        ([descriptor], [bitmap]) => Ok((descriptor.size(), bitmap.size())),
        _ => bail!("POOL: not one descriptor and one bitmap: {descriptors:?} {bitmaps:?}"),
    }
}

/// Fails where a figure is worse, and where one is better: then the README is out of date.
fn compare(old: &str, new: &str) -> Result<()> {
    let compiler = |text: &str| text.lines().last().map(str::to_owned);
    let same_compiler = compiler(old) == compiler(new);
    let (old, new) = (figures(old)?, figures(new)?);
    let names = |figures: &BTreeMap<String, u64>| figures.keys().cloned().collect::<BTreeSet<_>>();
    if let Some(other) = names(&old).symmetric_difference(&names(&new)).next() {
        bail!(
            "README.md has other figures than were measured: {other}; `{NAME} --write` updates it"
        );
    }
    let allowed = if same_compiler { 0 } else { OTHER_COMPILER };
    if !same_compiler {
        println!(
            "README.md has the figures of another compiler: {OTHER_COMPILER} per cent more are allowed"
        );
    }
    let (mut worse, mut better) = (Vec::new(), Vec::new());
    for (what, &new) in &new {
        let old = old[what];
        if new * 100 > old * (100 + allowed) {
            worse.push(format!("{what}: {old} in README.md, {new} measured"));
        } else if new < old {
            better.push(format!("{what}: {old} in README.md, {new} measured"));
        }
    }
    if !worse.is_empty() {
        bail!("worse than README.md says:\n  {}", worse.join("\n  "));
    }
    if !better.is_empty() && same_compiler {
        bail!(
            "better than README.md says; `{NAME} --write` updates it:\n  {}",
            better.join("\n  ")
        );
    }
    Ok(())
}

/// The figures of all tables, each named by table, row and column.
pub(crate) fn figures(text: &str) -> Result<BTreeMap<String, u64>> {
    const PARTS: [&str; 3] = ["", ", interrupts off", ", stack"];
    let mut found = BTreeMap::new();
    let mut head: Option<Vec<&str>> = None;
    for line in text.lines() {
        if !line.starts_with('|') {
            head = None;
            continue;
        }
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Some(head) = &head else {
            head = Some(cells);
            continue;
        };
        for (cell, column) in cells.iter().zip(head).skip(1) {
            for (figure, part) in cell.split(" / ").zip(PARTS) {
                if let Ok(figure) = figure.parse() {
                    let name = format!("{}, {column}: {}{part}", head[0], cells[0]);
                    if found.insert(name.clone(), figure).is_some() {
                        bail!("two figures have one name: {name}");
                    }
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(compiler: &str, cell: &str) -> String {
        let mut table = Table::new("32 blocks", ["Cortex-M3".to_owned()]);
        table.push("`alloc`", [cell.to_owned()]);
        format!("{}\n{MEASURED_WITH} {compiler}.", table.as_markdown())
    }

    fn difference(old: &str, new: &str) -> Option<String> {
        compare(old, new).err().map(|error| error.to_string())
    }

    #[test]
    fn figures_are_named_by_table_row_and_column() {
        let found = figures(&text("1.96.0", "23 / 11 / 8")).unwrap();
        let names = ["", ", interrupts off", ", stack"]
            .map(|part| format!("32 blocks, Cortex-M3: `alloc`{part}"));
        assert!(names.iter().zip([23, 11, 8]).all(|(name, figure)| found[name] == figure));
        assert_eq!(found.len(), 3);
        let row = "| t | c |\n|---|--:|\n| a | 1 |\n";
        assert!(figures(&row.replace("| a | 1 |\n", "| a | 1 |\n| a | 2 |\n")).is_err());
    }

    #[test]
    fn the_figures_of_the_readme_have_names() {
        let found = figures(&readme::generated(NAME).unwrap()).unwrap();
        assert!(found.len() > 1000, "only {} figures", found.len());
    }

    #[test]
    fn equal_tables_do_not_differ() {
        let one = text("1.96.0", "100 / 4 / 8");
        assert_eq!(difference(&one, &one), None);
    }

    #[test]
    fn a_worse_figure_fails_with_both_numbers() {
        let old = text("1.96.0", "100 / 4 / 8");
        let worse = "worse than README.md says:\n  32 blocks, Cortex-M3: `alloc`";
        for (new, what) in [
            ("101 / 4 / 8", ": 100 in README.md, 101 measured"),
            ("100 / 5 / 8", ", interrupts off: 4 in README.md, 5 measured"),
            ("99 / 4 / 16", ", stack: 8 in README.md, 16 measured"),
        ] {
            let found = difference(&old, &text("1.96.0", new));
            assert_eq!(found, Some(format!("{worse}{what}")));
        }
    }

    #[test]
    fn a_better_figure_wants_to_be_written_down() {
        let found = difference(&text("1.96.0", "100 / 4 / 8"), &text("1.96.0", "99 / 4 / 8"));
        assert!(found.unwrap().starts_with("better than README.md says"));
    }

    #[test]
    fn another_compiler_may_give_slightly_worse_figures() {
        let old = text("1.96.0", "100 / 4 / 8");
        assert_eq!(difference(&old, &text("1.97.0", "115 / 4 / 8")), None);
        assert_eq!(difference(&old, &text("1.97.0", "50 / 4 / 8")), None);
        assert!(difference(&old, &text("1.97.0", "116 / 4 / 8")).is_some());
        assert!(difference(&old, &text("1.97.0", "100 / 5 / 8")).is_some());
    }

    #[test]
    fn a_figure_that_is_missing_is_a_difference() {
        let old = text("1.96.0", "100 / 4 / 8");
        assert!(difference(&old, &text("1.96.0", "100 / 4")).is_some());
        assert!(difference("", &old).is_some());
    }
}
