//! What files of the repository say that a check finds.

/// What to do where it finds something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Fail.
    Compare,
    /// Write what was found to the file.
    Write,
}
