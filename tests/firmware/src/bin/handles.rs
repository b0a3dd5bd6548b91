//! The tests of `tests/bodies/src/handles.rs`, on the core.

#![no_std]
#![no_main]

firmware::tests!(handles);
