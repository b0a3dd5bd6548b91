//! The programs in the README, which are doctests. All else in this package is in its other files.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
