//! Random sequences of operations on pools and groups against a model, which is compared after every one.
//!
//! `mem-blocks-random SEED OPERATIONS`: the seed in hexadecimal digits, and how many operations there are to be, at least.
//! The same seed and number give the same operations. `cargo xtask random` calls it.

mod address;
#[allow(unsafe_code, reason = "handles through addresses, and freeing by address")]
mod groups;
#[allow(unsafe_code, reason = "handles through addresses, and freeing by address")]
mod handles;
mod model;
mod pools;
#[allow(unsafe_code, reason = "freeing by address")]
mod raw;
#[allow(unsafe_code, reason = "freeing by address what a sequence that failed has left")]
mod sequence;
mod tally;
mod value;

use std::{env, process::ExitCode};

use groups::Groups;
use pools::Pool;
use raw::Raw;
use sequence::{Seed, Subject};
use tally::{Kind, Tally};

/// Operations on one subject, from which on each kind must have been done and refused on it. Below, it is enough if it
/// has on one of them.
const MANY: u64 = 20_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let parsed = match &arguments[..] {
        [seed, operations] => u64::from_str_radix(seed, 16).ok().zip(operations.parse().ok()),
        _ => None,
    };
    let Some((seed, operations)) = parsed else {
        eprintln!("usage: mem-blocks-random SEED OPERATIONS");
        return ExitCode::FAILURE;
    };
    match check(Seed(seed), operations) {
        Ok(operations) => {
            println!("operations: {operations}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Performs at least so many operations, of all kinds on all pools. Says how many.
fn check(seed: Seed, operations: u64) -> Result<u64, String> {
    println!("seed: {:x}", seed.0);
    sequence::listen();
    let pools = pools::all();
    let stranger = pools::stranger();
    // Handles have the most kinds of operations.
    let (by_address, in_groups) = (operations / 3, operations / 4);
    let by_handles = operations - by_address - in_groups;

    let mut raw = Report::new("by address", Raw::KINDS, by_address, pools.len());
    for Pool { name, raw: pool, .. } in &pools {
        let new = || Raw::new(pool, stranger);
        raw.add(name, pool.num_blocks(), |name, share| {
            sequence::run(name, &[pool], new, share, seed)
        })?;
    }
    let mut total = raw.end()?;

    let mut handles = Report::new("handles", pools::HANDLES, by_handles, pools.len());
    for Pool { name, raw, handles: run } in &pools {
        handles.add(name, raw.num_blocks(), |name, share| run(name, share, seed))?;
    }
    total += handles.end()?;

    // Members of different sizes: each pool is in one group, with two that are a third and two thirds of the list away.
    let (first, rest) = pools.split_at(pools.len() / 3);
    let (second, third) = rest.split_at(first.len());
    let mut groups = Report::new("groups", Groups::KINDS, in_groups, first.len());
    for ((first, second), third) in first.iter().zip(second).zip(third) {
        let members = [first, second, third];
        let name = members.map(|member| member.name.as_str()).join(" | ");
        let members = members.map(|member| member.raw);
        let blocks = members.iter().map(|member| member.num_blocks()).sum();
        let new = || Groups::new(members, stranger);
        groups.add(&name, blocks, |name, share| sequence::run(name, &members, new, share, seed))?;
    }
    total += groups.end()?;
    Ok(total)
}

/// What was done with all subjects of a kind.
struct Report {
    what: &'static str,
    /// The operations that each is to have.
    share: u64,
    sum: Tally,
    missing: Vec<String>,
}

impl Report {
    fn new(what: &'static str, kinds: &'static [Kind], operations: u64, subjects: usize) -> Self {
        println!("{what}:");
        let share = operations.div_ceil(subjects as u64);
        Self { what, share, sum: Tally::new(kinds), missing: Vec::new() }
    }

    fn add(
        &mut self,
        name: &str,
        blocks: usize,
        run: impl FnOnce(&str, u64) -> Result<Tally, String>,
    ) -> Result<(), String> {
        let tally = run(&format!("{}, {name}", self.what), self.share)?;
        let (operations, refused) = (tally.operations(), tally.share_refused());
        println!("  {name}: {operations} operations, {refused} % refused");
        if self.share >= MANY {
            let missing = tally.missing(blocks);
            self.missing.extend(missing.into_iter().map(|missing| format!("{name}: {missing}")));
        }
        self.sum.add(&tally);
        Ok(())
    }

    fn end(self) -> Result<u64, String> {
        self.sum.lines().for_each(|line| println!("    {line}"));
        let missing = [self.missing, self.sum.missing(usize::MAX)].concat();
        if missing.is_empty() {
            Ok(self.sum.operations())
        } else {
            Err(format!("{}: the sequences are no good:\n{}", self.what, missing.join("\n")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One, because the pools are the same for all.
    #[test]
    fn pools_handles_and_groups_agree_with_the_model() {
        check(Seed(1), 20_000).unwrap_or_else(|failure| panic!("{failure}"));
    }
}
