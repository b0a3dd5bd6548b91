//! How often everything is measured, and in which order.

use std::{fmt::Write, time::Duration};

use anyhow::{Context, Result};

use crate::{
    check,
    pool::Contender,
    workloads::{self, Timed, Workload},
};

/// How many rounds, and how long each contender is measured in one of them for one workload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rounds {
    rounds: usize,
    time: Duration,
}

impl Rounds {
    pub(crate) const QUICK: Self = Self { rounds: 1, time: Duration::from_millis(1) };
    pub(crate) const FULL: Self = Self { rounds: 201, time: Duration::from_millis(2) };
}

/// A contender, with its types forgotten.
#[derive(Debug)]
pub(crate) struct Entry {
    name: &'static str,
    prepare: fn() -> Result<()>,
    workloads: Vec<Workload>,
}

impl Entry {
    pub(crate) fn of<C: Contender>() -> Self {
        Self { name: C::NAME, prepare: check::prepare::<C>, workloads: workloads::of::<C>() }
    }

    /// Hands over memory, and checks that the contender does what it should.
    pub(crate) fn prepare(&self) -> Result<()> {
        (self.prepare)().with_context(|| self.name)
    }
}

/// What is measured of one contender and one workload.
#[derive(Debug)]
struct Series {
    group: &'static str,
    workload: &'static str,
    contender: &'static str,
    timed: Option<(Timed, u32)>,
    nanoseconds: Vec<f64>,
}

/// Measures all workloads in every round, and of a workload all contenders in turn.
pub(crate) fn measure(contenders: &[Entry], Rounds { rounds, time }: Rounds) -> Result<String> {
    let mut workloads = Vec::new();
    for row in 0..contenders.first().map_or(0, |first| first.workloads.len()) {
        let series = contenders.iter().map(|contender| {
            let Workload { group, name, timed } = contender.workloads[row];
            let calibrated = |timed| anyhow::Ok((timed, pairs_in(time, timed)?));
            let timed = timed.map(calibrated).transpose();
            let timed = timed.with_context(|| failed(contender.name, name))?;
            Ok(Series {
                group,
                workload: name,
                contender: contender.name,
                timed,
                nanoseconds: Vec::with_capacity(rounds),
            })
        });
        workloads.push(series.collect::<Result<Vec<_>>>()?);
    }
    for round in 0..rounds {
        for contenders in &mut workloads {
            // Nobody always comes first, or always behind the same one's caches.
            let first = round % contenders.len();
            contenders.rotate_left(first);
            for series in contenders.iter_mut() {
                let Some((timed, pairs)) = series.timed else { continue };
                let nanoseconds = nanoseconds_a_pair(timed, pairs)
                    .with_context(|| failed(series.contender, series.workload))?;
                series.nanoseconds.push(nanoseconds);
            }
            contenders.rotate_right(first);
        }
    }
    let mut lines = String::new();
    for series in workloads.iter().flatten() {
        write!(lines, "{}\t{}\t{}", series.group, series.workload, series.contender)?;
        for nanoseconds in &series.nanoseconds {
            write!(lines, "\t{nanoseconds:.3}")?;
        }
        lines.push('\n');
    }
    Ok(lines)
}

/// How many pairs take about so long. In the course of it, caches and branch predictors learn.
///
/// The shortest time of a few counts: a pause of the machine must not look like slow work, or all rounds would be of too
/// few pairs.
fn pairs_in(wanted: Duration, timed: Timed) -> Result<u32> {
    const TRIES: u32 = 3;

    let mut pairs: u32 = 64;
    loop {
        let tries = (0..TRIES).map(|_| timed(pairs)).collect::<Result<Vec<_>>>()?;
        let shortest = tries.into_iter().min_by_key(|(done, time)| *time / *done);
        let (done, time) = shortest.context("nothing was tried")?;
        if time >= wanted / 2 {
            let pairs = u128::from(done) * wanted.as_nanos() / time.as_nanos();
            return u32::try_from(pairs).context("takes no time");
        }
        pairs = pairs.checked_mul(2).context("takes no time")?;
    }
}

fn nanoseconds_a_pair(timed: Timed, pairs: u32) -> Result<f64> {
    let (done, time) = timed(pairs)?;
    Ok(time.as_secs_f64() * 1e9 / f64::from(done))
}

fn failed(contender: &str, workload: &str) -> String {
    format!("{contender}: {workload}")
}
