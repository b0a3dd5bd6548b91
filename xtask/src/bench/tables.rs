//! The tables of the README.

use std::{env, thread};

use anyhow::Result;

use super::measured::{HALF_FULL, LAST_BLOCK, MIX, Measured, Workload};
use crate::{lock_file, toolchain};

/// The packages that are compared with, to be found in the lock file.
const PEERS: [&str; 4] = ["heapless", "atomic-pool", "embedded-alloc", "talc"];

/// What is below is faster, whatever the times scatter.
const FASTER: f64 = 0.95;

pub(super) fn of(measured: &Measured) -> Result<String> {
    let growth = |group, what: &str| {
        let row = |workload: &Workload| row(&what.replace("{n}", &workload.name), workload);
        measured.group(group).map(row).collect::<String>()
    };
    Ok([
        head("blocks of 64 bytes", measured),
        measured.group(MIX).map(|workload| row(&workload.name, workload)).collect(),
        "\n".to_owned(),
        head("one block", measured),
        growth(HALF_FULL, "half of {n} blocks taken"),
        growth(LAST_BLOCK, "only the last of {n} free"),
        "\n".to_owned(),
        notes(measured)?,
    ]
    .concat())
}

fn head(what: &str, measured: &Measured) -> String {
    let others = measured.contenders.iter().skip(1).map(|name| format!(" {name} |"));
    let columns = "--:|".repeat(measured.contenders.len());
    format!(
        "| {what}: time relative to mem-blocks | mem-blocks, ns |{}\n|---|{columns}\n",
        others.collect::<String>()
    )
}

fn row(what: &str, workload: &Workload) -> String {
    let ratios = workload.ratios().into_iter().skip(1).map(|ratio| format!(" {} |", figure(ratio)));
    format!("| {what} | {:.1} |{}\n", workload.nanoseconds(), ratios.collect::<String>())
}

/// Those that are faster stand out.
fn figure(ratio: Option<f64>) -> String {
    match ratio {
        None => "-".to_owned(),
        Some(ratio) if ratio < FASTER => format!("**{ratio:.2}**"),
        Some(ratio) => format!("{ratio:.2}"),
    }
}

/// How the figures were measured.
fn notes(measured: &Measured) -> Result<String> {
    let peers = lock_file::versions("bench", "mem-blocks-bench", &PEERS)?;
    let compiler = toolchain::compiler_version()?;
    Ok(format!(
        "2.00 takes twice as long as mem-blocks; **bold** is faster than mem-blocks, by a twentieth or more; - cannot do it.\n\
        A ratio is the median of those of all rounds ({}), each of which measures all in turn. The nanoseconds, of taking and\n\
        giving back together, are there for scale.\n\n\
        {peers}; rustc {compiler} on {} {}, {} cores.\n",
        measured.rounds(),
        env::consts::ARCH,
        env::consts::OS,
        thread::available_parallelism()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::measured::tests::LINES;

    #[test]
    fn the_faster_stand_out() {
        assert_eq!(figure(Some(2.0)), "2.00");
        assert_eq!(figure(Some(0.97)), "0.97");
        assert_eq!(figure(Some(0.5)), "**0.50**");
        assert_eq!(figure(None), "-");
    }

    #[test]
    fn a_table_has_a_column_for_each_contender() {
        let measured = Measured::read(LINES).unwrap();
        let head = head("blocks", &measured);
        assert_eq!(
            head,
            "| blocks: time relative to mem-blocks | mem-blocks, ns | other |\n|---|--:|--:|\n"
        );
        let rows: Vec<_> =
            measured.group(MIX).map(|workload| row(&workload.name, workload)).collect();
        assert_eq!(rows, ["| one | 10.0 | 2.00 |\n", "| run | 10.0 | - |\n"]);
    }
}
