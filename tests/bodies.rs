//! The tests of `tests/bodies`, which emulated cores run as well, on the host.

use libtest_mimic::{Arguments, Trial};
use mem_blocks_bodies::{Test, edges, groups, handles, misuse, model};

const MODULES: &[(&str, &[Test])] = &[
    ("edges", edges::TESTS),
    ("groups", groups::TESTS),
    ("handles", handles::TESTS),
    ("misuse", misuse::TESTS),
    ("model", model::TESTS),
];

fn main() {
    let trials = MODULES.iter().flat_map(|&(module, tests)| {
        tests.iter().map(move |test| {
            let run = || {
                (test.run)();
                Ok(())
            };
            Trial::test(format!("{module}::{}", test.name), run)
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}
