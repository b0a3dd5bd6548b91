//! Every misuse at run time, as `docs/faults.md` lists them, with the tests that show what comes of it.

use anyhow::Result;

use crate::{claims, expected::Mode, trust};

const DOCUMENT: &str = "docs/faults.md";

pub(crate) fn check(mode: Mode) -> Result<()> {
    let claims = claims::read(DOCUMENT)?;
    claims::check(&claims, &["bodies", "faults"], &[DOCUMENT, "docs/soundness.md"])?;
    trust::figure(mode, "misuses", claims.len() as u64)
}
