//! The threads of `tests/at_once.rs` without a test harness and with a critical section of our own: for `ThreadSanitizer`,
//! which does not see what the standard library does, and takes it for races.

// The critical section.
use mem_blocks_lock_tests as _;

#[path = "../at_once.rs"]
mod at_once;

fn main() {
    at_once::what_one_thread_gets_is_as_if_the_other_did_nothing_in_between();
    at_once::no_block_is_handed_out_twice_or_lost_whatever_the_operation();
}
