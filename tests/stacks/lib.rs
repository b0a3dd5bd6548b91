//! Stacks whose packets are blocks, as a firmware would have them.

#![no_std]

pub mod bluetooth;
pub mod network;
