//! The threads of `at_once.rs`, as tests.

mod at_once;

#[test]
fn what_one_thread_gets_is_as_if_the_other_did_nothing_in_between() {
    at_once::what_one_thread_gets_is_as_if_the_other_did_nothing_in_between();
}

#[test]
fn no_block_is_handed_out_twice_or_lost_whatever_the_operation() {
    at_once::no_block_is_handed_out_twice_or_lost_whatever_the_operation();
}
