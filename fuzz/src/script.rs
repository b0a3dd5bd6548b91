//! Scripts: what is done, a step a line. As text, so that a seed, and a script that has found something, can be read.

use std::ptr;

use arbitrary::{Arbitrary, Result, Unstructured};
use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::pools::Pool;

/// As long as a script can be.
const MOST_STEPS: usize = 100;

/// One operation.
#[derive(Arbitrary, Clone, Debug, Deserialize, Serialize)]
pub enum Step {
    /// On one allocator.
    On(Pool, Call),
    /// On the group of some of them.
    OnGroup(GroupCall),
    /// With a handle, counted from the last one that is still there; `Drop(0)` drops the newest.
    With(u8, HandleCall),
}

/// What an allocator is asked for: first by the typed front, then by address. Two numbers are the first block and how many,
/// or the fewest and the most.
#[derive(Arbitrary, Clone, Debug, Deserialize, Serialize)]
pub enum Call {
    Alloc,
    AllocWith,
    AllocZeroed,
    AllocArray(u8),
    AllocScatter(#[arbitrary(with = number)] usize),
    AllocContiguous(#[arbitrary(with = number)] usize),
    AllocContiguousIn(#[arbitrary(with = number)] usize, #[arbitrary(with = number)] usize),
    Claim(#[arbitrary(with = number)] usize, #[arbitrary(with = number)] usize),
    IsFree(#[arbitrary(with = number)] usize, #[arbitrary(with = number)] usize),
    RawAlloc(#[arbitrary(with = number)] usize),
    RawFree(Vec<Address>),
    RawAllocContiguous(#[arbitrary(with = number)] usize),
    RawFreeContiguous(Address, #[arbitrary(with = number)] usize),
    RawClaim(Address, #[arbitrary(with = number)] usize),
    RawIsRegionFree(Address, #[arbitrary(with = number)] usize),
    Owns(Address),
}

/// What the group is asked for; the first number is the size.
#[derive(Arbitrary, Clone, Debug, Deserialize, Serialize)]
pub enum GroupCall {
    Alloc(#[arbitrary(with = number)] usize),
    AllocArray(#[arbitrary(with = number)] usize, u8),
    AllocContiguous(#[arbitrary(with = number)] usize, #[arbitrary(with = number)] usize),
    Free(Vec<Address>),
}

/// What is done with a handle.
#[derive(Arbitrary, Clone, Debug, Deserialize, Serialize)]
pub enum HandleCall {
    Drop,
    /// From here on its blocks are held by address.
    Forget,
    /// Takes it apart and puts it together again.
    ThroughRaw,
    SplitOff(#[arbitrary(with = number)] usize),
}

/// An address, good or hostile.
#[derive(Arbitrary, Clone, Debug, Deserialize, Serialize)]
pub enum Address {
    /// The start of a block, or where there would be one.
    Block(#[arbitrary(with = number)] usize),
    /// In a block, so many bytes from its start.
    In(#[arbitrary(with = number)] usize, #[arbitrary(with = number)] usize),
    /// A block of another allocator.
    Of(Pool, #[arbitrary(with = number)] usize),
    /// Anywhere.
    At(#[arbitrary(with = number)] usize),
}

impl Address {
    /// The address, as a script about `pool` means it.
    pub(crate) fn pointer(&self, pool: Pool) -> *mut u8 {
        match *self {
            Self::Block(index) => pool.block(index),
            Self::In(index, offset) => pool.block(index).wrapping_add(offset),
            Self::Of(other, index) => other.block(index),
            Self::At(address) => ptr::without_provenance_mut(address),
        }
    }
}

/// A number that means something more often than not: a few, about where a word of a bitmap ends, as many as there are
/// blocks, or at the ends of its type.
fn number(u: &mut Unstructured<'_>) -> Result<usize> {
    Ok(match u.int_in_range(0..=9)? {
        0..=4 => u.int_in_range(0..=5)?,
        5..=7 => {
            let border = *u.choose(&[32_usize, 64, 96, 1024])?;
            border - 6 + u.int_in_range(0..=12)?
        }
        8 => u.int_in_range(0..=1100)?,
        _ => *u.choose(&[usize::MAX, usize::MAX - 1, isize::MAX as usize, 1 << 32, 1 << 62])?,
    })
}

/// Reads a script; comments begin with `//`.
///
/// # Errors
///
/// What a line is not.
pub fn read(text: &str) -> std::result::Result<Vec<Step>, ron::error::SpannedError> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.map(ron::from_str).collect()
}

/// Writes a script.
///
/// # Panics
///
/// Never: every step is text.
#[must_use]
pub fn write(script: &[Step]) -> String {
    let line = |step| ron::to_string(step).expect("a step is text") + "\n";
    script.iter().map(line).collect()
}

/// Changes a script in some places.
pub fn mutate(script: &mut Vec<Step>, seed: u64) {
    let mut random = Rng::with_seed(seed);
    for _ in 0..random.usize(1..=4) {
        let start = random.usize(..=script.len());
        let end = script.len().min(start + 1 + random.usize(..4));
        match random.u8(..8) {
            0..=3 => drop(script.splice(start..start, step(&mut random))),
            4 => drop(script.splice(start..end, step(&mut random))),
            5 => drop(script.drain(start..end)),
            6 => {
                let copy = script[start..end].to_vec();
                let times = random.usize(1..=8);
                drop(script.splice(start..start, vec![copy; times].concat()));
            }
            _ => {
                let moved: Vec<_> = script.drain(start..end).collect();
                let to = random.usize(..=script.len());
                drop(script.splice(to..to, moved));
            }
        }
    }
    script.truncate(MOST_STEPS);
}

/// Any step.
fn step(random: &mut Rng) -> Option<Step> {
    let bytes: Vec<u8> = (0..64).map(|_| random.u8(..)).collect();
    Step::arbitrary(&mut Unstructured::new(&bytes)).ok()
}
