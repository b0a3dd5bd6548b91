//! What the program in `bench/` has measured.

use anyhow::{Context, Result, bail, ensure};

use crate::benchmark::median;

/// The workloads that have nothing to do with each other.
pub(super) const MIX: &str = "mix";
/// One block of a pool that is half full, by number of blocks.
pub(super) const HALF_FULL: &str = "half full";
/// The last block of a pool, by number of blocks.
pub(super) const LAST_BLOCK: &str = "last block";

/// The times of all contenders in all rounds. The first contender is the one that the others are compared with.
#[derive(Debug, Default)]
pub(super) struct Measured {
    pub(super) contenders: Vec<String>,
    workloads: Vec<Workload>,
}

/// A workload: by contender, the nanoseconds of each round, or none if it cannot do that.
#[derive(Debug)]
pub(super) struct Workload {
    group: String,
    pub(super) name: String,
    rounds: Vec<Vec<f64>>,
}

impl Measured {
    /// Reads the program's lines.
    pub(super) fn read(lines: &str) -> Result<Self> {
        let mut measured = Measured::default();
        for line in lines.lines() {
            measured.add(line).with_context(|| format!("not a line of a benchmark: {line}"))?;
        }
        measured.check()?;
        Ok(measured)
    }

    fn add(&mut self, line: &str) -> Result<()> {
        let mut columns = line.split('\t');
        let (Some(group), Some(name), Some(contender)) =
            (columns.next(), columns.next(), columns.next())
        else {
            bail!("a column is missing");
        };
        let rounds = columns.map(str::parse).collect::<Result<Vec<f64>, _>>()?;
        ensure!(rounds.iter().all(|time| *time > 0.0), "no time passed");
        if !self.contenders.iter().any(|known| known == contender) {
            self.contenders.push(contender.to_owned());
        }
        match self.workloads.last_mut() {
            Some(last) if last.group == group && last.name == name => last.rounds.push(rounds),
            _ => self.workloads.push(Workload {
                group: group.to_owned(),
                name: name.to_owned(),
                rounds: vec![rounds],
            }),
        }
        Ok(())
    }

    /// Every contender has its times, or none, in every workload, and the first one has them.
    fn check(&self) -> Result<()> {
        let first = self.workloads.first().context("nothing was measured")?;
        let rounds = first.rounds[0].len();
        for workload in &self.workloads {
            let Workload { name, rounds: all, .. } = workload;
            ensure!(all.len() == self.contenders.len(), "{name}: a contender is missing");
            let complete = |times: &Vec<f64>| times.len() == rounds || times.is_empty();
            ensure!(all.iter().all(complete), "{name}: a round is missing");
            ensure!(!all[0].is_empty(), "{name}: nothing to compare with");
        }
        Ok(())
    }

    /// The workloads of a group, in their order.
    pub(super) fn group(&self, group: &str) -> impl Iterator<Item = &Workload> {
        self.workloads.iter().filter(move |workload| workload.group == group)
    }

    /// How many rounds there were.
    pub(super) fn rounds(&self) -> usize {
        self.workloads.first().map_or(0, |workload| workload.rounds[0].len())
    }
}

impl Workload {
    /// The nanoseconds of the first contender.
    pub(super) fn nanoseconds(&self) -> f64 {
        median(self.rounds[0].clone())
    }

    /// How many times that of the first contender the time of each is.
    pub(super) fn ratios(&self) -> Vec<Option<f64>> {
        self.ratios_to(self)
    }

    /// How many times that of the first contender in another workload the time of each is: the median of what each round
    /// has by itself, in which the machine was as busy for both.
    pub(super) fn ratios_to(&self, other: &Workload) -> Vec<Option<f64>> {
        let ratio = |rounds: &Vec<f64>| {
            let ratios: Vec<_> =
                rounds.iter().zip(&other.rounds[0]).map(|(time, first)| time / first).collect();
            (!ratios.is_empty()).then(|| median(ratios))
        };
        self.rounds.iter().map(ratio).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Two contenders, three rounds, of which the second was on a busy machine.
    pub(in crate::bench) const LINES: &str = "\
mix\tone\tmem-blocks\t10.0\t90.0\t10.0
mix\tone\tother\t20.0\t135.0\t21.0
mix\trun\tmem-blocks\t10.0\t10.0\t10.0
mix\trun\tother
half full\t8\tmem-blocks\t10.0\t10.0\t10.0
half full\t8\tother\t5.0\t5.0\t5.0
half full\t32\tmem-blocks\t20.0\t20.0\t20.0
half full\t32\tother\t5.0\t5.0\t5.0
last block\t8\tmem-blocks\t10.0\t10.0\t10.0
last block\t8\tother\t5.0\t5.0\t5.0
last block\t32\tmem-blocks\t20.0\t20.0\t20.0
last block\t32\tother\t5.0\t5.0\t5.0
";

    #[test]
    fn a_ratio_is_the_median_of_those_of_the_rounds() {
        let measured = Measured::read(LINES).unwrap();
        let one = measured.group(MIX).next().unwrap();
        assert_eq!(one.ratios(), [Some(1.0), Some(2.0)]);
        assert!((one.nanoseconds() - 10.0).abs() < f64::EPSILON);
        assert_eq!((measured.rounds(), measured.group(HALF_FULL).count()), (3, 2));
    }

    #[test]
    fn who_cannot_do_something_has_no_ratio() {
        let measured = Measured::read(LINES).unwrap();
        assert_eq!(measured.group(MIX).nth(1).unwrap().ratios(), [Some(1.0), None]);
    }

    #[test]
    fn workloads_can_be_compared_with_each_other() {
        let measured = Measured::read(LINES).unwrap();
        let growth: Vec<_> = measured.group(HALF_FULL).collect();
        assert_eq!(growth[1].ratios_to(growth[0]), [Some(2.0), Some(0.5)]);
    }

    #[test]
    fn what_is_missing_is_an_error() {
        for wrong in [
            "",
            "mix\tone",
            "mix\tone\tmem-blocks\tfast",
            "mix\tone\tmem-blocks\t0.0",
            "mix\tone\tmem-blocks",
            "mix\tone\tmem-blocks\t1.0\nmix\tone\tother\t1.0\t1.0",
            "mix\tone\tmem-blocks\t1.0\nmix\tone\tother\t1.0\nmix\ttwo\tmem-blocks\t1.0",
        ] {
            assert!(Measured::read(wrong).is_err(), "{wrong}");
        }
    }
}
