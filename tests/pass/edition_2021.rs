//! Definitions in a crate of edition 2021, and by a macro from there.

use mem_blocks_edition_2021::{ADDRESS, ATTRIBUTE, BUFFER, LISTENED, UNINIT, r#gen, pool};

pool!(FROM_A_MACRO, 4 * 4);

#[test]
fn every_option_works_in_edition_2021() {
    assert_eq!(ATTRIBUTE.available() + UNINIT.available(), 8);
    assert_eq!(BUFFER.available() + ADDRESS.available(), 8);
    assert_eq!(LISTENED.available(), 4);
}

#[test]
fn names_that_became_keywords_later_are_names() {
    assert_eq!(r#gen(), 2);
}

#[test]
fn a_macro_of_another_crate_defines_an_allocator() {
    assert_eq!(FROM_A_MACRO.raw().buffer().cast::<u8>().addr() % 16, 0);
}
