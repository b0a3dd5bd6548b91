//! What the features promise. `cargo test --all-features` compiles all of it.

#![allow(unsafe_code, reason = "asking a buffer of a DMA engine where it is")]

#[test]
#[cfg(feature = "stable_deref_trait")]
fn handles_that_dereference_are_stable() {
    fn is_stable<T: stable_deref_trait::StableDeref>() {}
    is_stable::<mem_blocks::Block<u8>>();
    is_stable::<mem_blocks::Run<u8>>();
    is_stable::<mem_blocks::GroupBlock>();
    is_stable::<mem_blocks::GroupRun>();
}

#[cfg(feature = "stable_deref_trait")]
mod dma {
    use embedded_dma::{ReadBuffer, Word, WriteBuffer};
    use mem_blocks::{Block, Group, GroupBlock, GroupRun, MemBlocks, Run, choose, mem_blocks};

    #[mem_blocks]
    static POOL: MemBlocks<[u16; 4], 8>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit);

    /// Where an engine that is given the handle would begin to read, and how many bytes.
    fn read<W: Word>(handle: &impl ReadBuffer<Word = W>) -> (usize, usize) {
        // SAFETY: nothing is read.
        let (address, words) = unsafe { handle.read_buffer() };
        (address.addr(), words * size_of::<W>())
    }

    /// The same of one that writes.
    fn written<W>(mut handle: impl WriteBuffer<Word = W>) -> (usize, usize) {
        // SAFETY: nothing is written.
        let (address, words) = unsafe { handle.write_buffer() };
        (address.addr(), words * size_of::<W>())
    }

    #[test]
    fn every_handle_is_a_buffer_of_its_blocks() {
        // Given back each time, so that the next one is of the same block.
        let first = POOL.raw().buffer().cast::<u8>().addr();
        let block = || POOL.alloc().unwrap();
        assert_eq!(written(block()), (first, 8));
        assert_eq!(written(Block::freeze(block())), (first, 8));
        assert_eq!(read(&Block::freeze(block())), (first, 8));
        let run = || POOL.alloc_contiguous(3).unwrap();
        assert_eq!(written(run()), (first, 24));
        assert_eq!(written(Run::freeze(run())), (first, 24));
        assert_eq!(read(&Run::freeze(run())), (first, 24));
        let block = || GROUP.alloc(&8).unwrap();
        assert_eq!(written(block()), (first, 8));
        assert_eq!(written(GroupBlock::freeze(block())), (first, 8));
        assert_eq!(read(&GroupBlock::freeze(block())), (first, 8));
        let run = || GROUP.alloc_contiguous(&8, 3).unwrap();
        assert_eq!(written(run()), (first, 24));
        assert_eq!(written(GroupRun::freeze(run())), (first, 24));
        assert_eq!(read(&GroupRun::freeze(run())), (first, 24));
    }
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
