//! The tests of `tests/bodies/src/model.rs`, on the core.

#![no_std]
#![no_main]

firmware::tests!(model);
