//! What the features promise. `cargo test --all-features` compiles all of it.

#[test]
#[cfg(feature = "stable_deref_trait")]
fn handles_that_dereference_are_stable() {
    fn is_stable<T: stable_deref_trait::StableDeref>() {}
    is_stable::<mem_blocks::Block<u8>>();
    is_stable::<mem_blocks::Run<u8>>();
    is_stable::<mem_blocks::GroupBlock>();
    is_stable::<mem_blocks::GroupRun>();
}

#[test]
#[cfg(feature = "defmt")]
fn all_that_is_printed_can_be_logged() {
    use core::mem::MaybeUninit;

    fn is_logged<T: defmt::Format>() {}
    // Of blocks of any type.
    is_logged::<mem_blocks::MemBlocks<MaybeUninit<*mut u8>, 8>>();
    is_logged::<mem_blocks::RawMemBlocks>();
    is_logged::<mem_blocks::Group<str, 2>>();
    // Of values that can be logged.
    is_logged::<mem_blocks::Block<u8>>();
    is_logged::<mem_blocks::Run<u8>>();
    is_logged::<mem_blocks::Scatter<u8, 2>>();
    is_logged::<mem_blocks::GroupBlock>();
    is_logged::<mem_blocks::GroupRun>();
    is_logged::<mem_blocks::AllocError>();
    is_logged::<mem_blocks::ClaimError>();
    is_logged::<mem_blocks::FreeError>();
    is_logged::<mem_blocks::FreeErrorKind>();
    is_logged::<mem_blocks::GroupError>();
    is_logged::<mem_blocks::AddError>();
}
