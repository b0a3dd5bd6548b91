//! What `mem-blocks` is built from, and what those who build with it rely on.

mod advisories;
mod interface;
mod minimal;
mod package;
mod packages;
mod semver;

use anyhow::Result;

use crate::{expected::Mode, features, trust};

pub(crate) fn check(mode: Mode) -> Result<()> {
    packages::check()?;
    advisories::check()?;
    interface::check(mode)?;
    semver::check()?;
    package::check()?;
    features::check()?;
    minimal::check()?;

    trust::figure(mode, "packages-compiled", packages::compiled()?)?;
    trust::figure(mode, "feature-sets", features::count()?)
}
