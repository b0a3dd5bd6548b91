//! What a `Cargo.lock` says.

use std::fs;

use anyhow::{Context, Result};

use crate::top;

/// Packages and their versions, in the lock file of the workspace in `folder`, of which `own` is the package that
/// depends on them.
pub(crate) fn versions<'p>(
    folder: &str,
    own: &str,
    packages: impl IntoIterator<Item = &'p &'p str>,
) -> Result<String> {
    let path = format!("{folder}/Cargo.lock");
    let lock = fs::read_to_string(top().join(&path)).with_context(|| path.clone())?;
    let version = |package: &&str| {
        let version =
            version(&lock, own, package).with_context(|| format!("{path} has no {package}"))?;
        Ok(format!("{package} {version}"))
    };
    Ok(packages.into_iter().map(version).collect::<Result<Vec<_>>>()?.join(", "))
}

/// The version of a package in a lock file: the only one there, or the one that `own` itself depends on.
fn version<'t>(lock: &'t str, own: &str, package: &str) -> Option<&'t str> {
    let (name, dependency) = (format!("name = \"{package}\""), format!(" \"{package} "));
    let own = format!("name = \"{own}\"");
    let parts = |name: String| {
        lock.split("[[package]]").filter(move |part| part.lines().any(|line| line == name))
    };
    let field = |part: &'t str| {
        let version = part.lines().find_map(|line| line.strip_prefix("version = \""));
        version?.strip_suffix('"')
    };
    let mut found = parts(name).filter_map(field);
    if let (only, None) = (found.next(), found.next()) {
        return only;
    }
    let line = parts(own).next()?.lines().find_map(|line| line.strip_prefix(&*dependency))?;
    line.strip_suffix("\",")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"heapless\"\nversion = \"0.9.4\"\n";

    #[test]
    fn versions_are_those_of_the_lock_file() {
        assert_eq!(version(LOCK, "peers", "heapless"), Some("0.9.4"));
        assert_eq!(version(LOCK, "peers", "talc"), None);
    }

    #[test]
    fn a_version_is_the_only_one_or_our_own() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"b\"\nversion = \"2.3.4\"\n";
        assert_eq!(version(lock, "peers", "b"), Some("2.3.4"));
        assert_eq!(version(lock, "peers", "a"), None);
        let own = "\n[[package]]\nname = \"peers\"\nversion = \"0.0.0\"\ndependencies = [\n \"a-b\",\n \"b 3.0.0\",\n]\n";
        let other = "\n[[package]]\nname = \"b\"\nversion = \"3.0.0\"\n";
        assert_eq!(version(&format!("{lock}{other}{own}"), "peers", "b"), Some("3.0.0"));
    }
}
