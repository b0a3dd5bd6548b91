//! Attributes on a definition: they stay on the static, and decide whether it is there.
#![deny(dead_code, missing_docs, non_upper_case_globals, deprecated)]

use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

/// Documented, so that `missing_docs` is content.
#[mem_blocks]
pub static DOCUMENTED: MemBlocks<[u8; 16], 1>;

define_mem_blocks! {
    /// Documented in the list.
    ///
    /// With several lines.
    pub static LISTED: MemBlocks<[u8; 16], 2>;

    #[doc = concat!("Documented ", "by a macro.")]
    pub static BY_MACRO: MemBlocks<[u8; 16], 2>;

    #[cfg(any())]
    static CONFIGURED: MemBlocks<Absent, 1>;
    #[cfg(not(any()))]
    static CONFIGURED: MemBlocks<[u8; 16], 3>;

    #[mem_blocks(align = 4)]
    #[cfg(any())]
    static BEHIND: MemBlocks<Absent, 1>;

    #[cfg_attr(any(), cfg(any()))]
    #[cfg_attr(not(any()), doc = "Documented under a condition.")]
    static CONDITIONAL: MemBlocks<[u8; 16], 4>;

    #[allow(non_upper_case_globals)]
    static lower_case: MemBlocks<[u8; 16], 5>;

    #[allow(dead_code)]
    static UNUSED: MemBlocks<[u8; 16], 5>;

    #[cfg_attr(all(), mem_blocks(align = 64))]
    #[cfg_attr(any(), doc = "Left out.", mem_blocks(colour))]
    static LISTED_BY_CONDITION: MemBlocks<[u8; 64], 7>;

    /// Documented.
    #[cfg_attr(any(), mem_blocks(align = 64))]
    #[cfg_attr(all(), allow(non_upper_case_globals), mem_blocks(uninit))]
    #[cfg_attr(all(), cfg_attr(any(), mem_blocks(align = 3)))]
    pub static other_condition: MemBlocks<[u8; 64], 8>;

    #[cfg_attr(any(), mem_blocks(align = 64))]
    static NO_CONDITION: MemBlocks<[u8; 64], 9>;

    #[cfg_attr(any(), mem_blocks(align = 64))]
    #[cfg(any())]
    static NOT_AT_ALL: MemBlocks<Absent, 9>;

    #[deprecated = "for the test"]
    #[allow(dead_code)]
    static DEPRECATED: MemBlocks<[u8; 16], 5>;
}

#[mem_blocks]
#[cfg(any())]
static AFTER: MemBlocks<Absent, 1>;

#[cfg(any())]
#[mem_blocks(colour)]
static BEFORE: MemBlocks<Absent, 1>;

#[cfg_attr(all(), mem_blocks(align = 32))]
#[cfg_attr(any(), mem_blocks(align = 8))]
static BY_CONDITION: MemBlocks<[u8; 32], 6>;

#[mem_blocks(align = 32)]
#[cfg_attr(any(), mem_blocks(align = 8))]
static BY_CONDITION_AFTER: MemBlocks<[u8; 32], 6>;

#[test]
fn docs_and_lint_attributes_stay_on_the_item() {
    assert_eq!(DOCUMENTED.available() + LISTED.available() + BY_MACRO.available(), 5);
    assert_eq!(lower_case.available(), 5);
}

#[test]
fn cfg_decides_whether_the_item_is_there() {
    assert_eq!(CONFIGURED.available(), 3);
    assert_eq!(CONDITIONAL.available(), 4);
}

#[test]
fn cfg_attr_chooses_the_options() {
    assert_eq!(BY_CONDITION.raw().buffer().cast::<u8>().addr() % 32, 0);
    assert_eq!(BY_CONDITION_AFTER.raw().buffer().cast::<u8>().addr() % 32, 0);
    assert_eq!(LISTED_BY_CONDITION.raw().buffer().cast::<u8>().addr() % 64, 0);
    assert_eq!(LISTED_BY_CONDITION.available(), 7);
    assert_eq!(other_condition.available() + NO_CONDITION.available(), 8 + 9);
}
