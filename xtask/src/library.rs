//! The objects in a Rust library, as the compiler wrote them: no linker has seen them yet.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use object::read::archive::ArchiveFile;

use crate::image::Image;

/// An rlib, taken apart.
#[derive(Debug)]
pub(crate) struct Library {
    /// The bytes of each object, in the format of its target.
    pub(crate) objects: Vec<Vec<u8>>,
}

impl Library {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&bytes).with_context(|| format!("{}", path.display()))
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let mut objects = Vec::new();
        for member in ArchiveFile::parse(bytes)?.members() {
            let member = member?;
            // Beside the objects there is what other crates must know of this one, `lib.rmeta`.
            if member.name().ends_with(b".o") {
                objects.push(member.data(bytes)?.to_vec());
            }
        }
        if objects.is_empty() {
            bail!("no objects");
        }
        Ok(Library { objects })
    }

    /// Whether a name occurs. All formats have the names of sections and of symbols as they are, so that nothing need
    /// be known of the format.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        let found = |bytes: &[u8]| bytes == name.as_bytes();
        self.objects.iter().any(|object| object.windows(name.len()).any(found))
    }

    /// The objects as ELF files; fails if they are something else.
    pub(crate) fn images(&self) -> Result<Vec<Image>> {
        self.objects.iter().map(|object| Image::parse(object)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive with these members.
    fn archive(members: &[(&str, &str)]) -> Vec<u8> {
        let mut bytes = b"!<arch>\n".to_vec();
        for (name, content) in members {
            assert!(content.len() % 2 == 0, "else there is a byte to fill up");
            let name = format!("{name}/");
            let size = content.len();
            bytes.extend(
                format!("{name:16}{0:12}{0:6}{0:6}{1:8}{size:<10}`\n", 0, 644).into_bytes(),
            );
            bytes.extend(content.bytes());
        }
        bytes
    }

    #[test]
    fn objects_are_read_and_metadata_is_not() {
        let bytes =
            archive(&[("lib.rmeta", "in metadata."), ("one.o", "ab"), ("two.o", "cd.sram2")]);
        let library = Library::parse(&bytes).unwrap();
        assert_eq!(library.objects, [&b"ab"[..], b"cd.sram2"]);
        assert!(library.mentions(".sram2"));
        // Not in the metadata, and not where one object ends and the next begins.
        assert!(!library.mentions("metadata"));
        assert!(!library.mentions("abcd"));
    }

    #[test]
    fn a_library_without_objects_is_an_error() {
        let error = Library::parse(&archive(&[("lib.rmeta", "ab")])).unwrap_err();
        assert_eq!(error.to_string(), "no objects");
    }

    #[test]
    fn another_format_is_no_elf_file() {
        let library = Library { objects: vec![b"\0asm\x01\0\0\0".to_vec()] };
        assert!(library.images().is_err());
    }
}
