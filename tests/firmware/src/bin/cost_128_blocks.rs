//! The operations of a pool of 128 blocks, for `cargo xtask cost`.

#![no_std]
#![no_main]

firmware::cost_program!(128);
