//! Mutants: the published crates with one thing changed at a time, by cargo-mutants. A test must fail for each, or the list
//! in `tests/mutants.md` says why none can.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{expected::Mode, process, tool, toolchain, top, trust};

/// The mutants that live, with reasons.
const LIST: &str = "tests/mutants.md";

/// No baseline: it would compile the unchanged crates for a part of the tests only. Seconds for compiling as well, which takes
/// some the first time: a loop without end may be in what the compiler evaluates.
const OPTIONS: &str = "--profile mutants --jobs 2 --baseline skip --build-timeout 300";

/// A part of the code, and the tests that are to kill its mutants: the quick ones.
struct Part {
    name: &'static str,
    select: &'static [&'static str],
    packages: &'static str,
    tests: Tests,
    /// For those that live: slow ones.
    more: Option<Tests>,
    /// Whether it is compiled as for a core that has no compare-and-swap.
    by_lock: bool,
}

/// Arguments of `cargo test`, without and with those of its programs; and a time in seconds.
#[derive(Clone, Copy)]
struct Tests {
    targets: &'static [&'static str],
    programs: &'static [&'static str],
    timeout: u32,
}

const RUNTIME_PACKAGES: &str = "mem-blocks,mem-blocks-tests";
const RUNTIME_TESTS: Tests = Tests {
    targets: &[
        "--lib",
        "--test=bodies",
        "--test=bytes",
        "--test=debug",
        "--test=host",
        "--test=packet_pool",
    ],
    programs: &[],
    timeout: 20,
};

/// The lock's, words of two blocks in every state, and the models.
const ELSEWHERE: Tests =
    Tests { targets: &["--test=elsewhere"], programs: &["--", "--ignored"], timeout: 600 };

/// What is compiled with a feature alone, by the names of mutants: files, and functions in others.
const OF_FEATURES: &str = r"/(allocator|listener|listened|stats|tally|zerocopy)\.rs|(::|replace |in )(counts|listened|name|ready_number|reset_max_used|stats)( |$)|Locked<T>::ready";

/// What makes a log of defmt, which cannot be read on the host: `logged` of `cargo xtask firmware` shows it.
const OF_LOGS: &str = "defmt::Format|write_four|in four|four ->";

/// The tests that ask for what there is with a feature.
const FEATURES_TESTS: Tests = Tests {
    targets: &[
        "--all-features",
        "--lib",
        "--test=allocator",
        "--test=bytes",
        "--test=events",
        "--test=name",
        "--test=stats",
    ],
    programs: &[],
    timeout: 30,
};

/// Of two functions in `lock.rs` that stand for one another, the second and the third part have one each.
const PARTS: [Part; 4] = [
    Part {
        name: "macros",
        select: &["--package", "mem-blocks-macros"],
        packages: "mem-blocks-macros",
        tests: Tests { targets: &["--lib"], programs: &[], timeout: 20 },
        more: None,
        by_lock: false,
    },
    Part {
        name: "runtime",
        // What stands in for the processor under loom is there for loom alone.
        select: &[
            "--package",
            "mem-blocks",
            "--exclude",
            "**/modelled.rs",
            "--exclude-re",
            OF_LOGS,
            "--exclude-re",
            OF_FEATURES,
        ],
        packages: RUNTIME_PACKAGES,
        tests: RUNTIME_TESTS,
        more: Some(ELSEWHERE),
        by_lock: false,
    },
    Part {
        name: "lock",
        select: &["--package", "mem-blocks", "--file", "mem-blocks/src/lock.rs"],
        packages: RUNTIME_PACKAGES,
        tests: RUNTIME_TESTS,
        more: Some(ELSEWHERE),
        by_lock: true,
    },
    Part {
        name: "features",
        // What is there without `stats` does nothing.
        select: &[
            "--package",
            "mem-blocks",
            "--re",
            OF_FEATURES,
            "--exclude-re",
            OF_LOGS,
            "--exclude-re",
            "uncounted::",
        ],
        packages: RUNTIME_PACKAGES,
        tests: FEATURES_TESTS,
        more: None,
        by_lock: false,
    },
];

/// Which mutants are made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutants {
    /// All, which takes two hours.
    All,
    /// Those that no test has killed in the runs before, or that are new.
    Living,
}

/// Makes the mutants, and compares those that live with the list, and how many there are with `README.md`.
pub(crate) fn check(which: Mutants, mode: Mode) -> Result<()> {
    let (mut killed, mut alive) = (BTreeSet::new(), BTreeSet::new());
    let mut again = Vec::new();
    for part in &PARTS {
        let found = part.run(which)?;
        killed.extend(found.killed);
        again.extend(part.more.map(|tests| (part, tests, found.alive.clone())));
        alive.extend(found.alive);
    }
    // Where one is not compiled, nothing kills it: it may have been elsewhere.
    for (part, tests, living) in again {
        let living: Vec<_> = living.difference(&killed).collect();
        if !living.is_empty() {
            killed.extend(part.try_again(tests, &living)?.killed);
        }
    }
    let alive: BTreeMap<_, _> = count(alive.difference(&killed));
    let number: usize = alive.values().sum();
    let all = killed.len() + number;
    println!("{} of {all} mutants killed, {} %", killed.len(), killed.len() * 100 / all);

    let text = fs::read_to_string(top().join(LIST)).context(LIST)?;
    let explained = count(entries(&text));
    let new = alive.iter().filter(|&(name, number)| explained.get(name) != Some(number));
    let old = explained.iter().filter(|&(name, _)| !alive.contains_key(name));
    let new = new.map(|(name, number)| format!("{number} alive: {name}"));
    let old = old.map(|(name, _)| format!("not alive: {name}"));
    let wrong: Vec<_> = new.chain(old).collect();
    if !wrong.is_empty() {
        bail!("{LIST} explains others than these:\n  {}", wrong.join("\n  "));
    }
    trust::figure(mode, "mutants-killed", killed.len() as u64)?;
    trust::figure(mode, "mutants-explained", number as u64)
}

/// The names of mutants, each with its place.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcomes {
    killed: BTreeSet<String>,
    alive: BTreeSet<String>,
}

impl Part {
    fn run(&self, which: Mutants) -> Result<Outcomes> {
        println!("mutants of {}", self.name);
        let folder = toolchain::target_dir().join("mutants").join(self.name);
        let known = folder.join("killed.txt");
        if which == Mutants::All && folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let before = if known.exists() { names(&known)? } else { BTreeSet::new() };

        let mut cargo = self.cargo(&folder)?;
        if which == Mutants::Living {
            cargo.arg("--iterate");
        }
        let mut found = self.test(cargo, self.tests, &folder)?;
        // What has changed its place since then was made again, and so was what took too long.
        let all = lines(&process::output_of(self.cargo(&folder)?.arg("--list"))?);
        let before = before.intersection(&all).filter(|name| !found.alive.contains(*name));
        found.killed.extend(before.cloned());
        ensure!(!found.killed.is_empty(), "no mutant was killed");
        let killed: Vec<_> = found.killed.iter().map(String::as_str).collect();
        fs::write(&known, killed.join("\n"))?;
        Ok(found)
    }

    /// Makes those that live again, and runs other tests for each.
    fn try_again(&self, tests: Tests, living: &[&String]) -> Result<Outcomes> {
        println!("{} mutants of {} again", living.len(), self.name);
        let folder = toolchain::target_dir().join("mutants").join(self.name).join("again");
        fs::create_dir_all(&folder)?;
        let mut cargo = self.cargo(&folder)?;
        cargo.args(living.iter().map(|name| format!("--re=^{}$", literally(name))));
        self.test(cargo, tests, &folder)
    }

    /// Runs these tests for each mutant that this cargo is to make.
    fn test(&self, mut cargo: Command, tests: Tests, folder: &Path) -> Result<Outcomes> {
        cargo.args(OPTIONS.split(' ')).args(["--timeout", &tests.timeout.to_string()]);
        cargo.args(["--test-package", self.packages]);
        // To cargo where it compiles as well, which else compiled every test.
        cargo.args(tests.targets.iter().map(|target| format!("--cargo-arg={target}")));
        cargo.args(tests.programs.iter().map(|argument| format!("--cargo-test-arg={argument}")));
        let ended = process::capture(&mut cargo)?;
        // All killed, some alive, some that took too long.
        ensure!(
            matches!(ended.status.code(), Some(0 | 2 | 3)),
            "{}: {}",
            ended.status,
            ended.stderr
        );
        Outcomes::read(&folder.join("mutants.out"))
    }

    /// A cargo that is to make these, or to list them.
    fn cargo(&self, folder: &Path) -> Result<Command> {
        let mut cargo = tool::MUTANTS.cargo()?;
        // Each of its copies of the repository has a folder of its own.
        cargo.env_remove("CARGO_TARGET_DIR");
        if self.by_lock {
            toolchain::without_compare_and_swap(&mut cargo);
        }
        cargo.args(["mutants", "--colors", "never", "--output"]).arg(folder).args(self.select);
        Ok(cargo)
    }
}

impl Outcomes {
    /// What cargo-mutants has written. It calls one that made a test run without end neither caught nor missed, and one that
    /// does not compile is none.
    fn read(out: &Path) -> Result<Self> {
        let mut killed = names(&out.join("caught.txt"))?;
        killed.extend(names(&out.join("timeout.txt"))?);
        Ok(Outcomes { killed, alive: names(&out.join("missed.txt"))? })
    }
}

fn names(file: &Path) -> Result<BTreeSet<String>> {
    Ok(lines(&fs::read_to_string(file).with_context(|| file.display().to_string())?))
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

/// A regular expression for a name alone.
fn literally(name: &str) -> String {
    let escape = |letter: char| r"\.+*?()|[]{}^$#&-~".contains(letter).then_some('\\');
    name.chars().flat_map(|letter| escape(letter).into_iter().chain([letter])).collect()
}

/// How often each is there, without its line and column: `FILE: WHAT`.
fn count(names: impl IntoIterator<Item = impl AsRef<str>>) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for name in names {
        let name = name.as_ref();
        let mut parts = name.splitn(4, ':');
        let without_place = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(file), Some(line), Some(_), Some(what)) if line.parse::<u32>().is_ok() => {
                format!("{file}:{what}")
            }
            _ => name.to_owned(),
        };
        *counted.entry(without_place).or_default() += 1;
    }
    counted
}

/// The names in the list: `` - `NAME` ``, once for each mutant of that name that lives.
fn entries(list: &str) -> impl Iterator<Item = String> {
    list.lines().filter_map(|line| Some(line.strip_prefix("- `")?.strip_suffix('`')?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mutants_are_counted_without_their_places() {
        let names = ["a.rs:1:2: replace x with y", "a.rs:30:4: replace x with y", "b.rs: z"];
        let counted = count(names.map(str::to_owned));
        assert_eq!(counted.get("a.rs: replace x with y"), Some(&2));
        assert_eq!(counted.get("b.rs: z"), Some(&1));
    }

    #[test]
    fn a_name_is_searched_for_letter_by_letter() {
        assert_eq!(literally("a.rs:1:2: x -> One<'a>"), r"a\.rs:1:2: x \-> One<'a>");
    }

    #[test]
    fn the_list_has_names_between_its_reasons() {
        let list = "# Why\n\nBecause.\n\n- `a.rs: x`\n- `a.rs: x`\n- not a name\n";
        assert_eq!(entries(list).collect::<Vec<_>>(), ["a.rs: x", "a.rs: x"]);
    }
}
