//! The tests of `tests/bodies/src/groups.rs`, on the core.

#![no_std]
#![no_main]

firmware::tests!(groups);
