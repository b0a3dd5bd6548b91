//! The operations of a pool of 8192 blocks, for `cargo xtask cost`.

#![no_std]
#![no_main]

firmware::cost_program!(8192);
