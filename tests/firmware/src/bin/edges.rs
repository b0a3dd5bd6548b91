//! The tests of `tests/bodies/src/edges.rs`, on the core.

#![no_std]
#![no_main]

firmware::tests!(edges);
