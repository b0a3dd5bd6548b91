//! How often each kind of operation was done, and refused.

use std::iter;

/// A kind of operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Whether it can be refused: a handle, say, can always be dropped.
    pub(crate) can_be_refused: bool,
    /// The blocks that a pool has, if it can be done there.
    least: usize,
}

impl Kind {
    pub(crate) const fn refusable(name: &'static str) -> Self {
        Self { name, can_be_refused: true, least: 1 }
    }

    pub(crate) const fn sure(name: &'static str) -> Self {
        Self { name, can_be_refused: false, least: 1 }
    }

    /// The same, of pools with at least so many blocks.
    pub(crate) const fn of(self, least: usize) -> Self {
        Self { least, ..self }
    }
}

/// How an operation ended, as it had to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Done, but with no block.
    Empty,
    Refused,
}

impl Outcome {
    /// That of a request for so many blocks.
    pub(crate) fn of<T, E>(result: &Result<T, E>, count: usize) -> Self {
        match result {
            Err(_) => Self::Refused,
            Ok(_) if count == 0 => Self::Empty,
            Ok(_) => Self::Done,
        }
    }
}

/// Numbers of operations, one for each kind.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    kinds: &'static [Kind],
    done: Vec<u64>,
    refused: Vec<u64>,
    operations: u64,
}

impl Tally {
    pub(crate) fn new(kinds: &'static [Kind]) -> Self {
        let none = vec![0; kinds.len()];
        Self { kinds, done: none.clone(), refused: none, operations: 0 }
    }

    pub(crate) fn count(&mut self, kind: usize, outcome: Outcome) {
        self.operations += 1;
        match outcome {
            Outcome::Done => self.done[kind] += 1,
            Outcome::Refused => self.refused[kind] += 1,
            Outcome::Empty => {}
        }
    }

    /// Adds those of the same kinds.
    pub(crate) fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        for (all, one) in [(&mut self.done, &other.done), (&mut self.refused, &other.refused)] {
            iter::zip(all, one).for_each(|(all, one)| *all += one);
        }
    }

    /// All of them, those that were refused included.
    pub(crate) fn operations(&self) -> u64 {
        self.operations
    }

    /// Of a hundred.
    pub(crate) fn share_refused(&self) -> u64 {
        self.refused.iter().sum::<u64>() * 100 / self.operations.max(1)
    }

    /// What was never done, or never refused, and should have been with so many blocks.
    pub(crate) fn missing(&self, blocks: usize) -> Vec<String> {
        let each = self.kinds.iter().zip(self.done.iter().zip(&self.refused));
        each.flat_map(|(kind, (&done, &refused))| {
            let never_done = (done == 0 && blocks >= kind.least)
                .then(|| format!("`{}` was never done", kind.name));
            let never_refused = (kind.can_be_refused && refused == 0)
                .then(|| format!("`{}` was never refused", kind.name));
            never_done.into_iter().chain(never_refused)
        })
        .collect()
    }

    /// A line for each kind.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> + '_ {
        let each = self.kinds.iter().zip(self.done.iter().zip(&self.refused));
        each.map(|(kind, (done, refused))| {
            format!("{:<20} {done:>9} done {refused:>9} refused", kind.name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &[Kind] =
        &[Kind::refusable("alloc"), Kind::sure("drop"), Kind::sure("join").of(2)];

    #[test]
    fn what_was_never_done_or_never_refused_is_missing() {
        let mut tally = Tally::new(KINDS);
        tally.count(0, Outcome::Empty);
        tally.count(0, Outcome::Refused);
        assert_eq!(tally.missing(1), ["`alloc` was never done", "`drop` was never done"]);
        tally.count(0, Outcome::Done);
        tally.count(1, Outcome::Done);
        assert_eq!(tally.missing(1), [""; 0]);
        assert_eq!(tally.missing(2), ["`join` was never done"]);
        let mut done = Tally::new(KINDS);
        done.count(0, Outcome::Done);
        done.count(1, Outcome::Done);
        assert_eq!(done.missing(1), ["`alloc` was never refused"]);
        assert_eq!((tally.operations(), tally.share_refused()), (4, 25));
    }
}
