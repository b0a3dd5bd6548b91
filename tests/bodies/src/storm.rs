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
use core::slice;

use critical_section::Mutex;
use heapless::Vec;
use mem_blocks::{
    AllocError, Bitmap, Block, ClaimError, FreeError, FreeErrorKind, Group, GroupBlock, GroupRun,
    MemBlocks, RawMemBlocks, Run, Scatter, bitmap_words, choose, define_mem_blocks,
};
use portable_atomic::{AtomicU16, Ordering::Relaxed};
use static_cell::{ConstStaticCell, StaticCell};

use crate::numbers::Numbers;

/// What is in a block: the same word throughout.
type Stamped = [u32; 3];

/// As many blocks as a pool of three words has here, and their type.
const LARGEST: usize = 70;
type Large = MemBlocks<[Stamped; 2], LARGEST>;

define_mem_blocks! {
    /// A bitmap of one word, not full.
    static SMALL: MemBlocks<Stamped, 30>;
    /// Three words, and blocks of which a group can choose the others.
    static LARGE: MemBlocks<[Stamped; 2], 70>;
    /// So many words that there is a summary of the summary; only a few of them ever have a free block.
    static MANY: MemBlocks<u8, 1100>;
}

/// What is left of `MANY`: in the first word, in words of which the second word of the summary says more, in the last.
const FREE_OF_MANY: [Range<usize>; 4] = [3..9, 1000..1004, 1017..1050, 1090..1100];

/// All pools, two of which are not ready when the program starts.
#[derive(Clone, Copy, Debug)]
struct Pools {
    /// As large as `LARGE`, and without a summary.
    built: &'static Large,
    many: &'static RawMemBlocks,
}

impl Pools {
    /// The same for all contexts.
    fn get() -> Self {
        static POOLS: Mutex<RefCell<Option<Pools>>> = Mutex::new(RefCell::new(None));
        critical_section::with(|cs| *POOLS.borrow_ref_mut(cs).get_or_insert_with(Self::prepare))
    }

    fn prepare() -> Self {
        static BUFFER: ConstStaticCell<[MaybeUninit<[Stamped; 2]>; LARGEST]> =
            ConstStaticCell::new([MaybeUninit::uninit(); LARGEST]);
        static BITMAP: ConstStaticCell<Bitmap<{ bitmap_words(LARGEST) }>> =
            ConstStaticCell::new(Bitmap::new());
        static BUILT: StaticCell<Large> = StaticCell::new();
        let built = BUILT.init(MemBlocks::new(BUFFER.take(), BITMAP.take()));
        mem::forget(MANY.claim(..));
        for free in FREE_OF_MANY {
            // SAFETY: claimed just now, by nobody else.
            assert_eq!(unsafe { MANY.raw().free_contiguous(many(free.start), free.len()) }, Ok(()));
        }
        Self { built, many: MANY.raw() }
    }
}

/// A block of `MANY`.
fn many(index: usize) -> *mut u8 {
    MANY.raw().buffer().cast::<u8>().wrapping_add(index)
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
    Wide(Run<[Stamped; 2]>),
    WideScatter(Scatter<[Stamped; 2], 9>),
    Raw(&'static RawMemBlocks, Vec<*mut u8, 12>),
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
    /// Calls that could change several words of a bitmap at once.
    pub across: u32,
}

/// The contexts that are in a call which may change several words at once: a bit each.
static WITHIN: AtomicU16 = AtomicU16::new(0);

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
            done: Done { operations: 0, refused: 0, passed_on: 0, across: 0 },
        }
    }

    /// What it has done so far.
    #[must_use]
    pub const fn done(&self) -> Done {
        self.done
    }

    /// Whether the context with this number is in a call that may change several words at once. For one that interrupts
    /// it.
    #[must_use]
    pub fn is_within(owner: u32) -> bool {
        WITHIN.load(Relaxed) & 1 << owner != 0
    }

    /// Makes a call that may change several words of a bitmap at once.
    fn across<R>(&mut self, call: impl FnOnce() -> R) -> R {
        WITHIN.fetch_or(1 << self.owner, Relaxed);
        let result = call();
        WITHIN.fetch_and(!(1 << self.owner), Relaxed);
        self.done.across += 1;
        result
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
        if self.numbers.below(2) == 0 { self.take_few(stamp) } else { self.take_across(stamp) }
    }

    /// From the pool of one word, or by the group.
    fn take_few(&mut self, stamp: u32) -> Option<Blocks> {
        let small = [stamp; 3];
        let numbers = &mut self.numbers;
        Some(match numbers.below(10) {
            0 => Blocks::One(SMALL.alloc_with(|| small).ok()?),
            1 => {
                let mut block = SMALL.alloc_zeroed().ok()?;
                assert_eq!(*block, [0; 3], "a block has another owner");
                *block = small;
                Blocks::One(block)
            }
            2 => {
                let scatter = SMALL.alloc_scatter(1 + numbers.below(9)).ok()?;
                Blocks::Scatter(Scatter::write_with(scatter, |_| small))
            }
            3 => run(SMALL.alloc_contiguous(1 + numbers.below(4)).ok()?, small),
            4 => {
                let least = 1 + numbers.below(3);
                let run = SMALL.alloc_contiguous_in(least..=least + 4).ok()?;
                assert!((least..=least + 4).contains(&run.len()));
                Blocks::Run(Run::write_with(run, |_| small))
            }
            5 => {
                let start = numbers.below(29);
                let claimed = SMALL.claim(start..start + 3).inspect_err(|&error| {
                    let is_inside = start + 3 <= 30;
                    assert_eq!(error == ClaimError::Taken, is_inside, "refused for no reason");
                });
                run(claimed.ok()?, small)
            }
            6 | 7 => {
                let mut blocks = BOTH.alloc_array::<2>(&(1 + numbers.below(24))).ok()?;
                for block in &mut blocks {
                    fill(block, stamp);
                }
                Blocks::GroupPair(blocks)
            }
            8 => {
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

    /// From a pool of several words, perhaps of several of them.
    fn take_across(&mut self, stamp: u32) -> Option<Blocks> {
        let large = [[stamp; 3]; 2];
        Some(match self.numbers.below(9) {
            0 => {
                let (raw, block) = if self.numbers.below(2) == 0 {
                    (LARGE.raw(), Block::into_raw(LARGE.alloc().ok()?).cast())
                } else {
                    // Not before the most of it is gone.
                    (Pools::get().many, Block::into_raw(MANY.alloc().ok()?).cast())
                };
                write_stamp(raw, block, 1, stamp);
                Blocks::RawRun(raw, block, 1)
            }
            1 => {
                let raw = self.words();
                let mut blocks = Vec::<_, 12>::new();
                // Fits: 12 at most.
                let _ = blocks.resize(1 + self.numbers.below(12), ptr::null_mut());
                self.across(|| raw.alloc(&mut blocks)).ok()?;
                for block in &blocks {
                    write_stamp(raw, *block, 1, stamp);
                }
                Blocks::Raw(raw, blocks)
            }
            2 => {
                let raw = self.words();
                let count = 1 + self.numbers.below(12);
                let first = self.across(|| raw.alloc_contiguous(count)).ok()?.as_ptr();
                write_stamp(raw, first, count, stamp);
                Blocks::RawRun(raw, first, count)
            }
            3 => {
                // From shortly before the end of a word on, whichever that is.
                let raw = self.words();
                let count = 1 + self.numbers.below(24);
                let edge = match raw.num_blocks() / 32 {
                    words @ ..32 => 32 * (1 + self.numbers.below(words)),
                    _ => 1024,
                };
                let index = edge - self.numbers.below(16);
                let first = raw.buffer().cast::<u8>().wrapping_add(index * raw.block_size());
                self.across(|| raw.claim(first, count)).ok()?;
                write_stamp(raw, first, count, stamp);
                Blocks::RawRun(raw, first, count)
            }
            4 => {
                let count = 1 + self.numbers.below(40);
                let mut run = self.across(|| BOTH.alloc_contiguous(&24, count)).ok()?;
                fill(&mut run, stamp);
                Blocks::GroupRun(run)
            }
            5 => {
                let least = 2 + self.numbers.below(3);
                let pool = self.large();
                let run = self.across(|| pool.alloc_contiguous_in(least..=least + 33)).ok()?;
                assert!((least..=least + 33).contains(&run.len()));
                Blocks::Wide(Run::write_with(run, |_| large))
            }
            6 => {
                let start = self.numbers.below(60);
                let end = start + 2 + self.numbers.below(34);
                let pool = self.large();
                let claimed = self.across(|| pool.claim(start..end)).inspect_err(|&error| {
                    let is_inside = end <= LARGEST;
                    assert_eq!(error == ClaimError::Taken, is_inside, "refused for no reason");
                });
                Blocks::Wide(Run::write_with(claimed.ok()?, |_| large))
            }
            7 => {
                let pool = self.large();
                let three = self.across(|| pool.alloc_array::<3>()).ok()?;
                Blocks::Three(three.map(|block| Block::write(block, large)))
            }
            _ => {
                let count = 1 + self.numbers.below(9);
                let pool = self.large();
                let scatter = self.across(|| pool.alloc_scatter(count)).ok()?;
                Blocks::WideScatter(Scatter::write_with(scatter, |_| large))
            }
        })
    }

    /// One of the pools that have three words and the same blocks.
    fn large(&mut self) -> &'static Large {
        if self.numbers.below(2) == 0 { &LARGE } else { Pools::get().built }
    }

    /// One of the pools that have more than one word.
    fn words(&mut self) -> &'static RawMemBlocks {
        let pools = Pools::get();
        [LARGE.raw(), pools.built.raw(), pools.many][self.numbers.below(3)]
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
            Blocks::Wide(run) => {
                check(run.iter().all(|block| *block == [small; 2]));
                self.across(|| drop(run));
            }
            Blocks::WideScatter(scatter) => {
                check(scatter.runs().flatten().all(|block| *block == [small; 2]));
                self.across(|| drop(scatter));
            }
            Blocks::Raw(raw, mut blocks) => {
                check(blocks.iter().all(|&block| has_stamp(raw, block, 1, stamp)));
                let at = self.numbers.below(blocks.len());
                blocks.rotate_left(at);
                // SAFETY: this value owned the blocks, and is gone.
                let free = || unsafe { free_list(raw, &blocks) };
                assert_eq!(self.across(free), Ok(()));
            }
            Blocks::RawRun(raw, first, count) => {
                check(has_stamp(raw, first, count, stamp));
                // In one call or in two.
                let half = if self.numbers.below(2) == 0 { 0 } else { count / 2 };
                let middle = first.wrapping_add(half * raw.block_size());
                // SAFETY: this value owned the blocks, and is gone.
                assert_eq!(unsafe { raw.free_contiguous(first, half) }, Ok(()));
                // SAFETY: as above; the rest.
                let rest = || unsafe { raw.free_contiguous(middle, count - half) };
                assert_eq!(self.across(rest), Ok(()));
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
        let raw = self.words();
        let blocks = raw.num_blocks();
        assert!(
            SMALL.used() <= 30 && raw.available() <= blocks && raw.largest_free_run() <= blocks
        );
        let mut list = [ptr::null_mut(); 5];
        if self.across(|| raw.alloc(&mut list[..4])).is_err() {
            return;
        }
        // SAFETY: the call is refused, for its last entry.
        let error = self.across(|| unsafe { free_list(raw, &list) }).unwrap_err();
        assert_eq!((error.entry(), error.kind()), (4, FreeErrorKind::NotInBuffer));
        assert!(list[..4].iter().all(|block| !raw.is_region_free(*block, 1)));
        // SAFETY: taken above, and used by nobody.
        assert_eq!(self.across(|| unsafe { raw.free(&list[..4]) }), Ok(()));
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
    let Pools { built, many: all_of_many } = Pools::get();
    for free in FREE_OF_MANY {
        assert_eq!(all_of_many.claim(many(free.start), free.len()), Ok(()), "a block is lost");
    }
    // SAFETY: all of them are claimed, and used by nobody.
    assert_eq!(unsafe { all_of_many.free_contiguous(many(0), all_of_many.num_blocks()) }, Ok(()));
    for raw in [SMALL.raw(), LARGE.raw(), built.raw(), all_of_many] {
        assert_eq!(raw.used(), 0, "a block is lost");
        assert_eq!(raw.largest_free_run(), raw.num_blocks());
        raw.assert_valid();
    }
}

/// Gives back blocks by the group, if it has the pool.
///
/// # Safety
///
/// As for `RawMemBlocks::free`.
unsafe fn free_list(raw: &RawMemBlocks, blocks: &[*mut u8]) -> Result<(), FreeError> {
    if BOTH.members().iter().any(|member| ptr::eq(*member, raw)) {
        // SAFETY: passed on to the caller.
        unsafe { BOTH.free(blocks) }
    } else {
        // SAFETY: as above.
        unsafe { raw.free(blocks) }
    }
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

/// What of a stamp fits into a byte: the owner, and a bit of the number.
const fn byte_of(stamp: u32) -> u8 {
    let [low, .., high] = stamp.to_le_bytes();
    high & 0xf0 | low & 0x0f
}

/// Stamps adjacent blocks.
fn write_stamp(raw: &RawMemBlocks, first: *mut u8, count: usize, stamp: u32) {
    if raw.block_size() == 1 {
        // SAFETY: the caller owns the blocks.
        return unsafe { first.write_bytes(byte_of(stamp), count) };
    }
    for word in words(first, count * raw.block_size()) {
        // SAFETY: as above.
        unsafe { word.write(stamp) };
    }
}

/// Whether adjacent blocks have a stamp.
fn has_stamp(raw: &RawMemBlocks, first: *mut u8, count: usize, stamp: u32) -> bool {
    if raw.block_size() == 1 {
        // SAFETY: the caller owns the blocks, and has written them all.
        return unsafe { slice::from_raw_parts(first, count) }
            .iter()
            .all(|byte| *byte == byte_of(stamp));
    }
    // SAFETY: as above.
    words(first, count * raw.block_size()).all(|word| unsafe { word.read() } == stamp)
}

/// Stamps what a handle of a group has, which is whole blocks of words.
fn fill(bytes: &mut [MaybeUninit<u8>], stamp: u32) {
    for word in words(bytes.as_mut_ptr().cast(), bytes.len()) {
        // SAFETY: borrowed mutably.
        unsafe { word.write(stamp) };
    }
}

fn is_filled(bytes: &[MaybeUninit<u8>], stamp: u32) -> bool {
    // SAFETY: `fill` has written all of them; of these pointers nothing is written.
    words(bytes.as_ptr().cast::<u8>().cast_mut(), bytes.len())
        .all(|word| unsafe { word.read() } == stamp)
}
