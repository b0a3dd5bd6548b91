//! A copy of the repository, for what changes manifests or lock files while it runs.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{toolchain, top};

/// Makes the copy of this name below the target folder, anew.
pub(crate) fn make(name: &str) -> Result<PathBuf> {
    let folder = toolchain::target_dir().join("copies").join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => copy(&top(), &folder, &toolchain::target_dir()),
    }
    .with_context(|| format!("cannot copy the repository to {}", folder.display()))?;
    Ok(folder)
}

fn copy(from: &Path, to: &Path, target_dir: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        // In a worktree, `.git` is a file.
        if path == target_dir || name == "target" || name == ".git" {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(&name), target_dir)?;
        } else {
            fs::copy(&path, to.join(&name))?;
            // The time tells cargo what to build again.
            let modified = path.metadata()?.modified()?;
            File::options().write(true).open(to.join(&name))?.set_modified(modified)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_manifests_and_nothing_that_was_built() {
        let folder = make("test").unwrap();
        for file in ["Cargo.toml", "mem-blocks/src/lib.rs", ".cargo/config.toml"] {
            let modified = |path: PathBuf| path.metadata().unwrap().modified().unwrap();
            assert_eq!(modified(folder.join(file)), modified(top().join(file)));
        }
        assert!(!folder.join("target").exists());
        assert!(!folder.join(".git").exists());
    }
}
