//! Times on the host, of this crate beside other allocators. `cargo xtask bench` runs it and makes tables of what it
//! prints: a line for each workload and contender, with group, workload, contender, and the nanoseconds a pair of each
//! round, separated by tabs; none of them if the contender cannot do it.
//!
//! A round measures all contenders in turn, so that whatever else the machine does meets all of them alike. What is
//! comparable are the times of one round.

mod check;
mod contenders;
mod meeting;
mod pool;
mod preemptions;
mod rounds;
mod two_threads;
mod workloads;

use std::env;

use anyhow::{Result, bail};

use contenders::{atomic_pool, free_list, heapless, heaps, mem_blocks};
use rounds::{Entry, Rounds};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let rounds = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Rounds::FULL,
        ["--quick"] => Rounds::QUICK,
        _ => bail!("usage: mem-blocks-bench [--quick]"),
    };
    let contenders = [
        Entry::of::<mem_blocks::MemBlocksPools>(),
        Entry::of::<free_list::FreeLists>(),
        Entry::of::<heapless::HeaplessPools>(),
        Entry::of::<atomic_pool::AtomicPools>(),
        Entry::of::<heaps::Llff>(),
        Entry::of::<heaps::Tlsf>(),
        Entry::of::<heaps::TalcHeaps>(),
    ];
    for contender in &contenders {
        contender.prepare()?;
    }
    print!("{}", rounds::measure(&contenders, rounds)?);
    Ok(())
}
