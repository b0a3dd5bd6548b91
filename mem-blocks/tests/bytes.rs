//! Blocks as bytes: as they are, zeroed, and seen as bytes.

use mem_blocks::{Block, Group, GroupBlock, GroupRun, MemBlocks, Run, Scatter, choose, mem_blocks};

#[test]
fn a_frozen_block_is_usable_at_once_in_every_kind_of_handle() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 24], 40>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit);

    let mut block = POOL.alloc().map(Block::freeze).unwrap();
    block.fill(1);
    assert_eq!(*block, [1; 24]);
    let mut run = POOL.alloc_contiguous(3).map(Run::freeze).unwrap();
    run.as_flattened_mut().fill(2);
    assert!(run.iter().all(|bytes| *bytes == [2; 24]));
    // Of several words, so that its blocks are listed.
    let mut scatter = POOL.alloc_scatter::<35>(35).map(Scatter::freeze).unwrap();
    scatter.iter_mut().for_each(|bytes| bytes.fill(3));
    assert!(scatter.iter().all(|bytes| *bytes == [3; 24]));
    drop(scatter);
    let mut bytes = GROUP.alloc(&24).map(GroupBlock::freeze).unwrap();
    bytes.copy_from_slice(&[4; 24]);
    assert_eq!(*bytes, [4; 24]);
    let mut bytes = GROUP.alloc_contiguous(&24, 2).map(GroupRun::freeze).unwrap();
    bytes.copy_from_slice(&[5; 48]);
    assert_eq!((*bytes == [5; 48], GroupRun::count(&bytes)), (true, 2));
    drop(bytes);
    assert_eq!((*block, run[2]), ([1; 24], [2; 24]));
}

#[test]
#[cfg_attr(miri, ignore = "there they are zeros")]
fn a_frozen_block_is_not_written() {
    #[mem_blocks]
    static POOL: MemBlocks<[u32; 5], 2>;
    drop(POOL.alloc_with(|| [0x0102_0304, 5, 6, 7, u32::MAX]).unwrap());
    let block = POOL.alloc().map(Block::freeze).unwrap();
    assert_eq!(*block, [0x0102_0304, 5, 6, 7, u32::MAX]);
}

#[test]
fn what_holds_nothing_is_frozen_as_well() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 24], 4>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit);
    assert!(POOL.alloc_contiguous(0).map(Run::freeze).unwrap().is_empty());
    assert!(POOL.alloc_scatter::<2>(0).map(Scatter::freeze).unwrap().is_empty());
    assert!(GROUP.alloc_contiguous(&24, 0).map(GroupRun::freeze).unwrap().is_empty());
}

#[cfg(feature = "zerocopy")]
mod zerocopy {
    use mem_blocks::{Block, MemBlocks, Run, Scatter, mem_blocks};
    use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

    #[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Clone, Copy, PartialEq, Debug)]
    #[repr(C)]
    struct Sample {
        time: u32,
        channels: [i16; 2],
    }

    /// All zeros are one, other bytes may be none.
    #[derive(FromZeros, PartialEq, Debug, Clone, Copy)]
    #[repr(u8)]
    enum State {
        Idle,
        #[expect(dead_code, reason = "another one")]
        Busy,
    }

    const ZERO: Sample = Sample { time: 0, channels: [0; 2] };

    #[mem_blocks]
    static SAMPLES: MemBlocks<Sample, 40>;

    #[test]
    fn zeros_are_values_of_types_that_derive_its_traits() {
        #[mem_blocks]
        static STATES: MemBlocks<State, 40>;
        let ones =
            STATES.alloc_array::<40>().unwrap().map(|block| Block::write(block, State::Idle));
        drop(ones);
        assert_eq!(*STATES.alloc_from_zeros().unwrap(), State::Idle);
        let run = STATES.alloc_contiguous(3).map(Run::from_zeros).unwrap();
        assert_eq!(*run, [State::Idle; 3]);
        let scatter = STATES.alloc_scatter::<35>(35).map(Scatter::from_zeros).unwrap();
        assert!(scatter.iter().all(|state| *state == State::Idle));
    }

    #[test]
    fn values_are_seen_as_bytes_through_every_handle() {
        let used = Sample { time: u32::MAX, channels: [-1; 2] };
        drop(SAMPLES.alloc_array::<40>().unwrap().map(|block| Block::write(block, used)));
        let mut sample = SAMPLES.alloc_from_zeros().unwrap();
        assert_eq!(*sample, ZERO);
        sample.as_mut_bytes()[4..].fill(0xff);
        assert_eq!(*sample, Sample { time: 0, channels: [-1; 2] });
        let mut run = SAMPLES.alloc_contiguous(2).map(Run::from_bytes).unwrap();
        run.as_mut_bytes().fill(0);
        assert_eq!((run.as_bytes().len(), &*run), (16, &[ZERO; 2][..]));
        let mut scatter = SAMPLES.alloc_scatter::<3>(3).map(Scatter::from_bytes).unwrap();
        scatter.iter_mut().for_each(|sample| sample.as_mut_bytes().fill(0));
        assert!(scatter.iter().all(|sample| *sample == ZERO));
        let mut block = SAMPLES.alloc().map(Block::from_bytes).unwrap();
        block.zero();
        assert_eq!(*block, ZERO);
    }
}
