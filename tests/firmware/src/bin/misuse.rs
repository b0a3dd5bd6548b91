//! The tests of `tests/bodies/src/misuse.rs`, on the core.

#![no_std]
#![no_main]

firmware::tests!(misuse);
