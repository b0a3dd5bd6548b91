//! Builds the programs, runs them under the tracer, and counts.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::{
    build::{self, For, PROFILES},
    contenders::{CONTENDERS, Contender},
};
use crate::{
    board::Board,
    image::Image,
    toolchain::Cross,
    trace::{Call, Trace},
};

/// How many bytes a block has.
const BLOCK: u64 = 64;

/// The program without any contender.
const BASELINE: &str = "baseline";

/// What was measured for one kind of core with one profile.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) core: &'static str,
    pub(super) opt_level: &'static str,
    /// The numbers of blocks.
    pub(super) blocks: &'static [u64],
    /// In the order of `CONTENDERS`.
    pub(super) contenders: Vec<Costs>,
}

/// What was measured of one contender.
#[derive(Debug, Default)]
pub(super) struct Costs {
    /// What `alloc`, `free` and the set-up add to the image.
    pub(super) code: u64,
    /// By number of blocks: RAM besides 64 bytes a block.
    pub(super) ram: BTreeMap<u64, u64>,
    /// By number of blocks, and place in `CALLS`.
    pub(super) calls: BTreeMap<(u64, usize), Call>,
}

/// All of them.
pub(super) fn all() -> Result<Vec<Measured>> {
    let mut found = Vec::new();
    for (board, blocks) in build::boards() {
        for (profile, opt_level) in PROFILES {
            let contenders = of(board, blocks, profile).with_context(|| board.name)?;
            let core = board.core.context("a board without a core's name")?;
            found.push(Measured { core, opt_level, blocks, contenders });
        }
    }
    Ok(found)
}

fn of(board: &Board, blocks: &[u64], profile: &str) -> Result<Vec<Costs>> {
    let cross = Cross::find(board.target)?;
    let image = |program: &str| Image::read(&build::built(board, profile, program));
    let mut found: Vec<Costs> = CONTENDERS.iter().map(|_| Costs::default()).collect();

    build::build(&cross, board, profile, For::Code)?;
    let baseline = image(BASELINE)?;
    for (costs, contender) in found.iter_mut().zip(&CONTENDERS) {
        costs.code = flash(&image(contender.program)?) - flash(&baseline);
    }
    for &blocks in blocks {
        build::build(&cross, board, profile, For::Calls(blocks))?;
        for (costs, contender) in found.iter_mut().zip(&CONTENDERS) {
            let image = image(contender.program)?;
            costs.ram.insert(blocks, ram(&image) - ram(&baseline) - BLOCK * blocks);
            let calls = calls(board, profile, contender, &image, blocks)?;
            costs.calls.extend(calls.into_iter().map(|(at, call)| ((blocks, at), call)));
        }
    }
    Ok(found)
}

/// What an image takes in flash.
fn flash(image: &Image) -> u64 {
    [".text", ".rodata", ".data"].iter().map(|name| image.section_size(name)).sum()
}

/// What an image takes in RAM, the stack aside.
fn ram(image: &Image) -> u64 {
    [".data", ".bss", ".uninit"].iter().map(|name| image.section_size(name)).sum()
}

/// The calls that a program makes, which must be those of the contender, by their places in `CALLS`.
fn calls(
    board: &Board,
    profile: &str,
    contender: &Contender,
    image: &Image,
    blocks: u64,
) -> Result<Vec<(usize, Call)>> {
    let elf = build::built(board, profile, contender.program);
    let calls = Trace::record(board, &elf)?.calls(image, "measured_")?;
    let expected: Vec<_> = contender.calls(blocks).collect();
    // Functions of which the code is the same are one, with two names.
    let start = |name: &str| {
        let mut functions = image.functions().filter(|function| function.name == name);
        functions.next().map(|function| function.range.start)
    };
    let found = calls.iter().map(|call| start(&call.name));
    if !found.eq(expected.iter().map(|(_, call)| start(&format!("measured_{}", call.name)))) {
        bail!("{} with {blocks} blocks makes other calls: {calls:?}", contender.program);
    }
    Ok(expected.into_iter().map(|(at, _)| at).zip(calls).collect())
}
