//! What the allocator costs on every kind of core: instructions, interrupts off and stack, counted under QEMU; bytes of
//! flash and RAM, measured on ELF files. And the tables of it in `README.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context, Result, bail};

use crate::{
    board::{self, BOARDS, Board},
    expected::Mode,
    figures::{self, Table, cell},
    firmware::{self, BITMAP, BUFFER, OPERATIONS},
    image::Image,
    toolchain::{self, Cross},
    trace::{Call, Trace},
};

const NAME: &str = "cargo xtask cost";
const MEASURED_WITH: &str = "`opt-level = \"s\"` unless a table says otherwise, fat LTO, rustc";

/// The profile with `opt-level = 3`, and the core that it is measured on.
const FAST: &str = "fast";
const FAST_CORE: &str = "Cortex-M3";

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

/// What a program with statistics calls besides.
const CALLS_OF_STATS: [(&str, &str); 2] =
    [("`stats`, every second block free", "stats"), ("`reset_max_used`", "reset_max_used")];

/// The numbers of blocks for which the cost of features is measured.
const BLOCKS_OF_FEATURES: [u64; 2] = [32, 1024];

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
    figures::check(mode, NAME, measure, |old, new| figures::compare(NAME, old, new, |_| true))
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

    let at = cores.iter().position(|(core, _)| *core == FAST_CORE);
    let at = at.context("no board has this core")?;
    let (core, board) = cores[at];
    let cross = Cross::find(board.target)?;
    let of_n: Vec<_> = BLOCKS.map(program_of).into();
    firmware::build(&cross, board, FAST, &of_n, board.features)?;
    let fast: Vec<_> =
        BLOCKS.iter().map(|&blocks| OfN::of(board, FAST, blocks)).collect::<Result<_>>()?;
    let fast = table(&format!("{core}, `opt-level = 3`"), &fast);

    let features = features(&measured[at])?;

    let of_cores: String =
        cores.iter().zip(&measured).map(|((core, _), m)| table(core, &m.of_n)).collect();
    Ok(format!(
        "{}\n{LEGEND}\n\n{}\n<details>\n<summary>By number of blocks</summary>\n\n{of_cores}{fast}</details>\n\n\
        <details>\n<summary>With statistics, with a listener</summary>\n\n{features}\n</details>\n\n\
        {MEASURED_WITH} {}.\n",
        bytes.as_markdown(),
        every_call.as_markdown(),
        toolchain::cross_versions(cores.iter().map(|(_, board)| board.target))?,
    ))
}

const LEGEND: &str = "Below, `34 / 15 / 16` are 34 instructions of the call and all that it calls, the longest stretch of \
    them with interrupts\noff being 15, and 16 bytes of stack written (a function may reserve a few more than it writes). \
    Values are written, zeros\nfilled in and members of a group chosen with interrupts on. A call that is made in one place \
    of a program is inlined there\nand can cost less than where it is shared: the tables by number of blocks are those of a \
    program with fewer of them.\nNumbers of blocks are constants, unless a row says otherwise.";

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
#[derive(Clone)]
struct OfN {
    descriptor: u64,
    /// Those of the pool's own, which it has with a listener.
    operations: u64,
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
    push_calls(&mut table, of_n);
    table.as_markdown() + "\n"
}

/// An allocator without a listener pays nothing for it that there could be one.
fn costs_nothing(without: &OfN, with: &OfN) -> Result<()> {
    for (at, call) in &with.calls {
        let plain = &without.calls[at];
        if call.instructions > plain.instructions {
            let (name, more) = (&call.name, call.instructions - plain.instructions);
            bail!("with the feature `listener`, {name} costs {more} instructions more");
        }
    }
    Ok(())
}

/// A row for each call that one of the programs makes, and what they take of the memory.
fn push_calls(table: &mut Table, of_n: &[OfN]) {
    let names = CALLS_OF_N.iter().map(|(what, ..)| what);
    for (at, what) in names.chain(CALLS_OF_STATS.iter().map(|(what, _)| what)).enumerate() {
        let calls: Vec<_> = of_n.iter().map(|of_n| of_n.calls.get(&at)).collect();
        if calls.iter().any(Option::is_some) {
            let made = calls.into_iter().map(|call| call.map_or_else(String::new, cell));
            table.push(what, made);
        }
    }
    table.push("code of these, bytes", of_n.iter().map(|of_n| of_n.code.to_string()));
    table.push("RAM beside the buffer, bytes", of_n.iter().map(|of_n| of_n.bitmap.to_string()));
    table.push("descriptor in flash, bytes", of_n.iter().map(|of_n| of_n.descriptor.to_string()));
    table.push(
        "its operations in flash, bytes",
        of_n.iter().map(|of_n| of_n.operations.to_string()),
    );
}

/// The table of what statistics and listeners cost, beside what the same costs without.
fn features(plain: &Measured) -> Result<String> {
    let boards = [
        ("feature `stats`", &board::STATS),
        ("feature `listener`", &board::LISTENER),
        ("a listener", &board::LISTENED),
    ];
    let programs: Vec<_> = BLOCKS_OF_FEATURES.map(program_of).into();
    for (_, board) in boards {
        let cross = Cross::find(board.target)?;
        firmware::build(&cross, board, firmware::RELEASE, &programs, board.features)?;
    }
    let mut columns = Vec::new();
    let mut measured = Vec::new();
    for blocks in BLOCKS_OF_FEATURES {
        let at = BLOCKS.iter().position(|&of| of == blocks).context("not measured without")?;
        columns.push(format!("{blocks} blocks"));
        measured.push(plain.of_n[at].clone());
        for (what, board) in boards {
            columns.push(format!("{blocks}, {what}"));
            let of_n = OfN::of(board, firmware::RELEASE, blocks);
            measured.push(of_n.with_context(|| board.name)?);
        }
    }
    for of_n in measured.chunks_exact(1 + boards.len()) {
        costs_nothing(&of_n[0], &of_n[2])?;
    }
    let mut table = Table::new(&format!("{FAST_CORE}, features"), columns);
    push_calls(&mut table, &measured);
    Ok(table.as_markdown())
}

impl OfN {
    fn of(board: &Board, profile: &str, blocks: u64) -> Result<Self> {
        let program = program_of(blocks);
        let elf = board.built_with(profile, &program);
        let image = Image::read(&elf)?;
        let made = CALLS_OF_N.iter().enumerate().filter(|(_, (.., least))| *least <= blocks);
        let made = made.map(|(at, (_, name, _))| (at, *name));
        let has_stats = board.features.iter().any(|features| features.contains("stats"));
        let of_stats = CALLS_OF_STATS.iter().enumerate().filter(|_| has_stats);
        let of_stats = of_stats.map(|(at, (_, name))| (CALLS_OF_N.len() + at, *name));
        let (places, names): (Vec<_>, Vec<_>) = made.chain(of_stats).unzip();
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
        let (descriptor, operations, bitmap) = pool(&image)?;
        Ok(OfN {
            descriptor,
            operations,
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

/// The sizes of the descriptor, of the operations and of the bitmap of the pool `POOL`.
fn pool(image: &Image) -> Result<(u64, u64, u64)> {
    let own = image
        .variables
        .iter()
        .filter(|variable| variable.is_inside("POOL") && !variable.is_inside(BUFFER));
    let (bitmaps, others): (Vec<_>, Vec<_>) = own.partition(|variable| variable.is_inside(BITMAP));
    let (operations, descriptors): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|variable| variable.is_inside(OPERATIONS));
    let operations = operations.iter().map(|variable| variable.size()).sum();
    match (&descriptors[..], &bitmaps[..]) {
        ([descriptor], [bitmap]) => Ok((descriptor.size(), operations, bitmap.size())),
        _ => bail!("POOL: not one descriptor and one bitmap: {descriptors:?} {bitmaps:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readme;

    #[test]
    fn the_figures_of_the_readme_have_names() {
        let found = figures::named(&readme::generated(NAME).unwrap()).unwrap();
        assert!(found.len() > 1000, "only {} figures", found.len());
    }
}
