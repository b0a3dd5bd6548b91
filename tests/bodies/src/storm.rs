//! A storm: several contexts (main code, its interrupt, another core, threads) take blocks from the same pools and give
//! them back, by each way to take and each way to give back, and hand some over to each other. What each does is a sequence of numbers;
//! when it does it is for the machine to say.
//!
//! Each block carries the stamp of whoever took it, for as long as it is held, and the stamp is checked before the block
//! goes back. A block that was handed out twice would carry the stamp of the second owner.

use core::cell::RefCell;
use core::mem::{self, MaybeUninit};
use core::ops::Range;
use core::ptr;

use critical_section::Mutex;
use mem_blocks::{
    AllocError, Block, ClaimError, FreeErrorKind, Group, GroupBlock, GroupRun, MemBlocks,
    RawMemBlocks, Run, Scatter, choose, define_mem_blocks,
};

use crate::numbers::Numbers;

/// What is in a block: the same word throughout.
type Stamped = [u32; 3];

define_mem_blocks! {
    /// A bitmap of one word, not full.
    static SMALL: MemBlocks<Stamped, 30>;
    /// Three words, and blocks of which a group can choose the others.
    static LARGE: MemBlocks<[Stamped; 2], 70>;
}

static BOTH: Group<usize, 2> =
    Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit_or_larger);

/// Where one context leaves something for another.
static EXCHANGE: Mutex<RefCell<[Option<Held>; 3]>> = Mutex::new(RefCell::new([const { None }; 3]));

/// The blocks of one call, with the stamp that is in all of them.
#[derive(Debug)]
struct Held {
    blocks: Blocks,
    stamp: u32,
}

/// What the calls give.
#[derive(Debug)]
enum Blocks {
    One(Block<Stamped>),
    Three([Block<[Stamped; 2]>; 3]),
    Scatter(Scatter<Stamped, 9>),
    Run(Run<Stamped>),
    Raw(&'static RawMemBlocks, [*mut u8; 4]),
    RawRun(&'static RawMemBlocks, *mut u8, usize),
    GroupPair([GroupBlock; 2]),
    GroupRun(GroupRun),
}

// SAFETY: the addresses are those of blocks that this value owns, as a handle does.
unsafe impl Send for Blocks {}

/// What one context has done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Calls that took blocks, gave some back, or were refused.
    pub operations: u32,
    /// Those of them that were refused because blocks were missing.
    pub refused: u32,
    /// Blocks that this context gave back after another one had taken them.
    pub passed_on: u32,
}

/// One of the contexts.
#[derive(Debug)]
pub struct Worker {
    owner: u32,
    numbers: Numbers,
    held: [Option<Held>; 6],
    done: Done,
}

impl Worker {
    /// The context with this number, which is from 1 to 15.
    #[must_use]
    pub const fn new(owner: u32) -> Self {
        let numbers = Numbers::new(owner.wrapping_mul(0x9e37_79b9));
        Self {
            owner,
            numbers,
            held: [const { None }; 6],
            done: Done { operations: 0, refused: 0, passed_on: 0 },
        }
    }

    /// What it has done so far.
    #[must_use]
    pub const fn done(&self) -> Done {
        self.done
    }

    /// Takes blocks, or gives some back, or leaves them for another context.
    ///
    /// # Panics
    ///
    /// If a block has another owner, or a call gives what it should not.
    pub fn step(&mut self) {
        let place = self.numbers.below(self.held.len());
        let held = self.held[place].take();
        match held {
            None => self.held[place] = self.take(),
            Some(held) => match self.numbers.below(8) {
                0 => self.held[place] = self.exchange(held),
                1 => {
                    self.held[place] = Some(held);
                    self.be_refused();
                }
                _ => self.give_back(held),
            },
        }
    }

    /// Gives back all that it holds.
    ///
    /// # Panics
    ///
    /// As [`step`](Self::step).
    pub fn finish(&mut self) {
        for place in 0..self.held.len() {
            if let Some(held) = self.held[place].take() {
                self.give_back(held);
            }
        }
    }

    fn take(&mut self) -> Option<Held> {
        self.done.operations += 1;
        let stamp = self.owner << 28 | self.done.operations & 0x0fff_ffff;
        let taken = self.take_some(stamp);
        if taken.is_none() {
            self.done.refused += 1;
        }
        taken.map(|blocks| Held { blocks, stamp })
    }

    /// By one of the calls that take blocks.
    fn take_some(&mut self, stamp: u32) -> Option<Blocks> {
        let small = [stamp; 3];
        let numbers = &mut self.numbers;
        Some(match numbers.below(14) {
            0 => Blocks::One(SMALL.alloc_with(|| small).ok()?),
            1 => {
                let mut block = SMALL.alloc_zeroed().ok()?;
                assert_eq!(*block, [0; 3], "a block has another owner");
                *block = small;
                Blocks::One(block)
            }
            2 => {
                let three = LARGE.alloc_array::<3>().ok()?;
                Blocks::Three(three.map(|block| Block::write(block, [small; 2])))
            }
            3 => {
                let scatter = SMALL.alloc_scatter(1 + numbers.below(9)).ok()?;
                Blocks::Scatter(Scatter::write_with(scatter, |_| small))
            }
            4 => run(SMALL.alloc_contiguous(1 + numbers.below(4)).ok()?, small),
            5 => {
                let least = 1 + numbers.below(3);
                let run = SMALL.alloc_contiguous_in(least..=least + 4).ok()?;
                assert!((least..=least + 4).contains(&run.len()));
                Blocks::Run(Run::write_with(run, |_| small))
            }
            6 => {
                let start = numbers.below(29);
                let claimed = SMALL.claim(start..start + 3).inspect_err(|&error| {
                    let is_inside = start + 3 <= 30;
                    assert_eq!(error == ClaimError::Taken, is_inside, "refused for no reason");
                });
                run(claimed.ok()?, small)
            }
            7 => {
                let mut blocks = [ptr::null_mut(); 4];
                LARGE.raw().alloc(&mut blocks).ok()?;
                for block in blocks {
                    stamp_bytes(block, 24, stamp);
                }
                Blocks::Raw(LARGE.raw(), blocks)
            }
            8 => {
                let count = 1 + numbers.below(12);
                let first = LARGE.raw().alloc_contiguous(count).ok()?.as_ptr();
                stamp_bytes(first, count * 24, stamp);
                Blocks::RawRun(LARGE.raw(), first, count)
            }
            9 => {
                let count = 1 + numbers.below(12);
                let start = LARGE.raw().buffer().cast::<u8>();
                let first = start.wrapping_add(24 * numbers.below(70));
                LARGE.raw().claim(first, count).ok()?;
                stamp_bytes(first, count * 24, stamp);
                Blocks::RawRun(LARGE.raw(), first, count)
            }
            10 | 11 => {
                let mut blocks = BOTH.alloc_array::<2>(&(1 + numbers.below(24))).ok()?;
                for block in &mut blocks {
                    fill(block, stamp);
                }
                Blocks::GroupPair(blocks)
            }
            12 => {
                let mut block = BOTH.alloc(&(1 + numbers.below(24))).ok()?;
                fill(&mut block, stamp);
                let member = GroupBlock::member(&block);
                Blocks::RawRun(member, GroupBlock::into_raw(block), 1)
            }
            _ => {
                let mut run = BOTH.alloc_contiguous(&12, 1 + numbers.below(5)).ok()?;
                fill(&mut run, stamp);
                Blocks::GroupRun(run)
            }
        })
    }

    /// Leaves the blocks for another context, and takes what one has left.
    fn exchange(&mut self, held: Held) -> Option<Held> {
        let place = self.numbers.below(3);
        let left = critical_section::with(|cs| EXCHANGE.borrow_ref_mut(cs)[place].replace(held))?;
        if left.stamp >> 28 == self.owner {
            return Some(left);
        }
        self.done.passed_on += 1;
        self.give_back(left);
        None
    }

    fn give_back(&mut self, held: Held) {
        self.done.operations += 1;
        let Held { blocks, stamp } = held;
        let small = [stamp; 3];
        match blocks {
            Blocks::One(block) => {
                let address = Block::into_raw(block);
                // SAFETY: from `into_raw` in the line above.
                let block = unsafe { Block::from_raw(&SMALL, address) };
                assert_eq!(Block::into_inner(block), small, "a block has another owner");
            }
            Blocks::Three(blocks) => {
                check(blocks.iter().all(|block| **block == [small; 2]));
                let [first, second, third] = blocks;
                drop(second);
                drop((third, first));
            }
            Blocks::Scatter(scatter) => {
                check(scatter.runs().flatten().all(|block| *block == small));
                drop(scatter);
            }
            Blocks::Run(mut run) => {
                check(run.iter().all(|block| *block == small));
                let at = self.numbers.below(4);
                let rest = Run::split_off(&mut run, at);
                assert_eq!(Run::range(&run).end, Run::range(&rest).start);
                drop(run);
                check(rest.iter().all(|block| *block == small));
                drop(rest);
            }
            Blocks::Raw(raw, mut blocks) => {
                check(blocks.iter().all(|&block| has_stamp(block, raw.block_size(), stamp)));
                blocks.rotate_left(self.numbers.below(4));
                // SAFETY: this value owned the blocks, and is gone.
                assert_eq!(unsafe { BOTH.free(&blocks) }, Ok(()));
            }
            Blocks::RawRun(raw, first, count) => {
                check(has_stamp(first, count * raw.block_size(), stamp));
                let half = count / 2;
                let middle = first.wrapping_add(half * raw.block_size());
                // SAFETY: this value owned the blocks, and is gone.
                assert_eq!(unsafe { raw.free_contiguous(first, half) }, Ok(()));
                // SAFETY: as above; the other half.
                assert_eq!(unsafe { raw.free_contiguous(middle, count - half) }, Ok(()));
            }
            Blocks::GroupPair(blocks) => {
                check(blocks.iter().all(|block| is_filled(block, stamp)));
            }
            Blocks::GroupRun(run) => check(is_filled(&run, stamp)),
        }
    }

    /// Calls that must be refused, whatever the others do, and look like nothing to them.
    fn be_refused(&mut self) {
        self.done.operations += 1;
        assert_eq!(SMALL.alloc_array::<31>().unwrap_err(), AllocError::ExceedsCapacity);
        assert!(SMALL.used() <= 30 && LARGE.available() <= 70 && LARGE.largest_free_run() <= 70);
        let mut list = [ptr::null_mut(); 5];
        if LARGE.raw().alloc(&mut list[..4]).is_err() {
            return;
        }
        list[4] = list[0].wrapping_add(1);
        // SAFETY: the call is refused, for its last entry.
        let error = unsafe { BOTH.free(&list) }.unwrap_err();
        assert_eq!((error.entry(), error.kind()), (4, FreeErrorKind::NotBlockStart));
        assert!(list[..4].iter().all(|block| !LARGE.raw().is_region_free(*block, 1)));
        // SAFETY: taken above, and used by nobody.
        assert_eq!(unsafe { LARGE.raw().free(&list[..4]) }, Ok(()));
    }
}

/// What is true when every context has finished.
///
/// # Panics
///
/// If a block is lost.
pub fn assert_all_back() {
    let left = critical_section::with(|cs| mem::take(&mut *EXCHANGE.borrow_ref_mut(cs)));
    let mut last = Worker::new(0);
    left.into_iter().flatten().for_each(|held| last.give_back(held));
    assert_eq!((SMALL.used(), LARGE.used()), (0, 0), "a block is lost");
    assert_eq!((SMALL.largest_free_run(), LARGE.largest_free_run()), (30, 70));
    SMALL.raw().assert_valid();
    LARGE.raw().assert_valid();
}

fn check(is_intact: bool) {
    assert!(is_intact, "a block has another owner");
}

fn run(run: Run<MaybeUninit<Stamped>>, stamped: Stamped) -> Blocks {
    Blocks::Run(Run::write_with(run, |_| stamped))
}

/// The words of some adjacent blocks, which are aligned for them.
#[expect(clippy::cast_ptr_alignment, reason = "the pools are of words")]
fn words(first: *mut u8, bytes: usize) -> impl Iterator<Item = *mut u32> {
    let words: Range<usize> = 0..bytes / 4;
    words.map(move |word| first.cast::<u32>().wrapping_add(word))
}

fn stamp_bytes(first: *mut u8, bytes: usize, stamp: u32) {
    for word in words(first, bytes) {
        // SAFETY: the caller owns the blocks.
        unsafe { word.write(stamp) };
    }
}

fn has_stamp(first: *mut u8, bytes: usize, stamp: u32) -> bool {
    // SAFETY: the caller owns the blocks, and has written them all.
    words(first, bytes).all(|word| unsafe { word.read() } == stamp)
}

fn fill(bytes: &mut [MaybeUninit<u8>], stamp: u32) {
    for (place, byte) in bytes.iter_mut().enumerate() {
        byte.write(stamp.to_ne_bytes()[place % 4]);
    }
}

fn is_filled(bytes: &[MaybeUninit<u8>], stamp: u32) -> bool {
    let mut places = bytes.iter().enumerate();
    // SAFETY: `fill` has written all of them.
    places.all(|(place, byte)| unsafe { byte.assume_init() } == stamp.to_ne_bytes()[place % 4])
}
