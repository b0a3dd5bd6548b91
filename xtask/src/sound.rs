//! What a program of safe code can try to break an invariant, as `docs/soundness.md` lists it; and the reasons of what is
//! not safe code.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::{
    claims::{self, Claim},
    expected::Mode,
    process::run,
    safety, toolchain, trust,
};

pub(crate) fn check(mode: Mode) -> Result<()> {
    let places = safety::check()?;
    let claims = claims::read("docs/soundness.md")?;
    for claim in &claims {
        check_codes(claim)?;
    }
    claims::check(&claims, &[], &[])?;
    // The programs of `tests/unsound`, and that they are those of the list.
    run(toolchain::cargo()
        .args(["test", "--package", "mem-blocks-tests", "--test", "ui", "--"])
        .args(["each_attempt", "each_error"]))?;
    trust::figure(mode, "unsafe-places", places as u64)?;
    trust::figure(mode, "attempts", claims.len() as u64)
}

/// The codes of errors in a row are those of its programs.
fn check_codes(claim: &Claim) -> Result<()> {
    let mut found = BTreeSet::new();
    let cases: Vec<_> =
        claim.tests.iter().filter_map(|test| test.strip_prefix("unsound::")).collect();
    for case in &cases {
        let message = claims::message(case)?;
        let errors = message.lines().filter(|line| line.starts_with("error["));
        found.extend(errors.flat_map(claims::codes).map(str::to_owned));
    }
    let said: BTreeSet<String> =
        claims::codes(&claim.text).into_iter().map(str::to_owned).collect();
    if !cases.is_empty() && found != said {
        bail!("{}: the errors are {found:?}", claim.text);
    }
    Ok(())
}
