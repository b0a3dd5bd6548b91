//! Known faults in the packages that this repository builds with.

use std::{env, fs, path::PathBuf};

use anyhow::{Result, bail};

use super::packages::{deny, workspaces};
use crate::{
    process::{capture, run},
    tool,
};

/// Set to `required` where the check must not be left out.
const VARIABLE: &str = "MEM_BLOCKS_ADVISORIES";

/// The database, that of `RustSec`, is a repository of its own, which is not in reach of every desk: where it cannot be
/// fetched, what was fetched before counts.
pub(super) fn check() -> Result<()> {
    let required = is_required(env::var(VARIABLE).ok().as_deref())?;
    let mut fetch = tool::DENY.cargo()?;
    // A question would wait for an answer.
    fetch.env("GIT_TERMINAL_PROMPT", "0").args(["deny", "--config", "deny.toml", "fetch", "db"]);
    let fetched = capture(&mut fetch)?;
    if !fetched.status.success() {
        let why = fetched.stderr.trim();
        if !has_copy() {
            let message = format!(
                "advisories: NOT CHECKED, because there is no copy of the database, and it cannot be fetched: {why}"
            );
            if required {
                bail!("{message}");
            }
            println!("{message}");
            return Ok(());
        }
        println!(
            "advisories: the copy that is here, because the database cannot be fetched: {why}"
        );
    }
    for workspace in workspaces() {
        run(deny(workspace)?.args(["--offline", "check", "advisories"]))?;
    }
    Ok(())
}

fn is_required(variable: Option<&str>) -> Result<bool> {
    match variable {
        None => Ok(false),
        Some("required") => Ok(true),
        Some(other) => bail!("{VARIABLE} is `{other}`; expected `required`, or nothing"),
    }
}

/// Whether cargo-deny finds a database in its usual place.
fn has_copy() -> bool {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let entries = home.and_then(|home| fs::read_dir(home.join("advisory-dbs")).ok());
    let mut names = entries.into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.any(|name| name.to_string_lossy().starts_with("advisory-db-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_wish_is_an_error() {
        assert!(!is_required(None).unwrap());
        assert!(is_required(Some("required")).unwrap());
        assert!(is_required(Some("yes")).is_err());
    }
}
