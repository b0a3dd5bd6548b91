//! Two contexts at once (threads, main code and its interrupt, two cores), each with a part of its own that it repeats:
//! what each sees and gets while the other is in the middle of something.
//!
//! On pools of each kind of bitmap: one word; several with a summary; several without, built at run time; many, with a
//! summary of the summary, and hardly any of them with a free block.

use core::cell::RefCell;
use core::hint::spin_loop;
use core::mem::MaybeUninit;
use core::ops::Range;
use core::ptr;

use critical_section::Mutex;
use mem_blocks::{
    AllocError, Bitmap, Block, FreeErrorKind, MemBlocks, RawMemBlocks, bitmap_words,
    define_mem_blocks,
};
use portable_atomic::{
    AtomicBool, AtomicU8, AtomicU32,
    Ordering::{Relaxed, SeqCst},
};
use static_cell::{ConstStaticCell, StaticCell};

use crate::numbers::Numbers;

const MANY: usize = 1100;
const SOME: usize = 70;
const MOST_IN_BULK: usize = 40;

define_mem_blocks! {
    static ONE_WORD: MemBlocks<u32, 30>;
    static WORDS: MemBlocks<[u8; 3], SOME>;
    static MANY_WORDS: MemBlocks<u8, MANY>;
}

/// One that has no summary.
fn built() -> &'static MemBlocks<[u8; 3], SOME> {
    static BUFFER: ConstStaticCell<[MaybeUninit<[u8; 3]>; SOME]> =
        ConstStaticCell::new([MaybeUninit::uninit(); SOME]);
    static BITMAP: StaticCell<Bitmap<{ bitmap_words(SOME) }>> = StaticCell::new();
    static CELL: StaticCell<MemBlocks<[u8; 3], SOME>> = StaticCell::new();
    static BUILT: Mutex<RefCell<Option<&'static MemBlocks<[u8; 3], SOME>>>> =
        Mutex::new(RefCell::new(None));
    critical_section::with(|cs| {
        *BUILT.borrow_ref_mut(cs).get_or_insert_with(|| {
            CELL.init(MemBlocks::new(BUFFER.take(), BITMAP.init(Bitmap::new())))
        })
    })
}

/// One of the pools, and where something can happen in it.
#[derive(Debug)]
pub struct Pool {
    name: &'static str,
    raw: fn() -> &'static RawMemBlocks,
    /// By the typed front, which knows the numbers of the pool.
    one: fn() -> Option<*mut u8>,
    /// Two adjacent blocks each, in the first word and the last one and between; where there are several words, also of
    /// two of them.
    spots: [usize; 4],
    /// Where 21 adjacent blocks begin; some are in the next word, if there is one.
    room: usize,
    /// So many blocks are taken and given back at once: of several words, if there are several.
    bulk: usize,
}

fn one<T, const N: usize>(pool: &'static MemBlocks<T, N>) -> Option<*mut u8> {
    pool.alloc().ok().map(|block| Block::into_raw(block).cast())
}

static POOLS: [Pool; 4] = [
    Pool {
        name: "one word",
        raw: || ONE_WORD.raw(),
        one: || one(&ONE_WORD),
        spots: [0, 9, 19, 28],
        room: 5,
        bulk: 20,
    },
    Pool {
        name: "words",
        raw: || WORDS.raw(),
        one: || one(&WORDS),
        spots: [0, 31, 63, 68],
        room: 20,
        bulk: 40,
    },
    Pool {
        name: "words without a summary",
        raw: || built().raw(),
        one: || one(built()),
        spots: [0, 31, 63, 68],
        room: 20,
        bulk: 40,
    },
    Pool {
        name: "many words",
        raw: || MANY_WORDS.raw(),
        one: || one(&MANY_WORDS),
        spots: [0, 700, 1023, MANY - 2],
        room: 1010,
        bulk: 40,
    },
];

/// What the two contexts do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One keeps free blocks moving, and the other must get the number that is free throughout.
    NeverRefused(Ask),
    /// Each wants more than half of what there is: one of them gets it.
    RoomForOne(Ask),
    /// One takes and gives back many at once, and the other sees all of them or none.
    AllOrNone,
    /// One keeps the first or the last block taken, and the other must not see all of them free.
    NeverFree,
    /// One is refused a list that it wants to give back, and the other sees nothing of that.
    RefusedFree,
}

/// How blocks are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    One,
    List,
    Run,
    Claim,
}

const KINDS: [Kind; 9] = [
    Kind::NeverRefused(Ask::One),
    Kind::NeverRefused(Ask::List),
    Kind::NeverRefused(Ask::Run),
    Kind::RoomForOne(Ask::List),
    Kind::RoomForOne(Ask::Run),
    Kind::RoomForOne(Ask::Claim),
    Kind::AllOrNone,
    Kind::NeverFree,
    Kind::RefusedFree,
];

/// The parts of two contexts.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    kind: Kind,
    pool: &'static Pool,
    /// What a context does while it waits for the other one.
    wait: fn(),
}

/// All of them. Only one of them may be under way at a time.
///
/// An interrupt must not have to wait for what it interrupts: the second part is its own, unless [`Pair::is_symmetric`].
pub fn all(wait: fn()) -> impl Iterator<Item = Pair> {
    POOLS.iter().flat_map(move |pool| KINDS.into_iter().map(move |kind| Pair { kind, pool, wait }))
}

/// The blocks of one call.
#[derive(Debug)]
enum Taken {
    List([*mut u8; 11]),
    Run(*mut u8, usize),
}

// SAFETY: the addresses are those of blocks that this value owns, as a handle does.
unsafe impl Send for Taken {}

/// The spots that the first context holds; or 1, if it holds many blocks, or the last one.
static HELD: AtomicU8 = AtomicU8::new(0);

/// Where a round of `RoomForOne` stands.
static ROUND: AtomicU8 = AtomicU8::new(CLOSED);
const CLOSED: u8 = 0;
const OPEN: u8 = 1;
const TRYING: u8 = 2;
const TRIED: u8 = 3;

/// What the second context got in the round.
static SECOND: Mutex<RefCell<Option<Taken>>> = Mutex::new(RefCell::new(None));

/// The rounds in which both have tried.
static CONTESTED: AtomicU32 = AtomicU32::new(0);

/// The second part has found all blocks free, or the bulk of them taken; or the first block taken, or free.
static SEEN: [AtomicBool; 2] = [const { AtomicBool::new(false) }; 2];

impl Pair {
    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> (&'static str, &'static str) {
        let kind = match self.kind {
            Kind::NeverRefused(Ask::List) => "two blocks are free throughout, and never refused",
            Kind::NeverRefused(Ask::Run) => {
                "two adjacent blocks are free throughout, and never refused"
            }
            Kind::NeverRefused(_) => "one block is free throughout, and never refused",
            Kind::RoomForOne(Ask::Run) => "of two that want a run one gets it",
            Kind::RoomForOne(Ask::Claim) => "of two that claim the same block one gets it",
            Kind::RoomForOne(_) => "of two that want several blocks one gets them",
            Kind::AllOrNone => "many blocks are seen taken together or not at all",
            Kind::NeverFree => {
                "of two blocks one is taken throughout, and both are never seen free"
            }
            Kind::RefusedFree => "a refused free is never seen half done",
        };
        (self.pool.name, kind)
    }

    /// Whether the first part can be that of an interrupt, too.
    #[must_use]
    pub const fn is_symmetric(&self) -> bool {
        !matches!(self.kind, Kind::RoomForOne(_))
    }

    /// Before the two parts: nobody else is there.
    ///
    /// # Panics
    ///
    /// If the pool is not as it should be.
    pub fn begin(&self) {
        assert_eq!(self.raw().used(), 0);
        HELD.store(0, Relaxed);
        ROUND.store(CLOSED, Relaxed);
        CONTESTED.store(0, Relaxed);
        for seen in &SEEN {
            seen.store(false, Relaxed);
        }
        match self.kind {
            Kind::NeverRefused(_) => {
                self.claim(0..self.blocks());
                for spot in 0..4 {
                    self.free(self.spot(spot));
                }
            }
            Kind::RoomForOne(_) => {
                self.claim(0..self.pool.room);
                self.claim(self.pool.room + 21..self.blocks());
            }
            Kind::AllOrNone => {}
            Kind::NeverFree => self.claim(self.end_of_pool(0)),
            Kind::RefusedFree => self.claim(0..self.blocks()),
        }
    }

    /// After the two parts.
    ///
    /// # Panics
    ///
    /// If a block is lost, or the two contexts have had nothing to do with each other.
    pub fn end(&self) {
        assert!(self.have_met(), "the two have nothing to do with each other");
        self.raw().assert_valid();
        match self.kind {
            Kind::NeverRefused(_) => {
                for spot in (0..4).filter(|spot| HELD.load(Relaxed) & 1 << spot == 0) {
                    self.claim(self.spot(spot));
                }
                self.free(0..self.blocks());
            }
            Kind::RoomForOne(_) => {
                self.free(0..self.pool.room);
                self.free(self.pool.room + 21..self.blocks());
            }
            Kind::AllOrNone if HELD.load(Relaxed) == 0 => {}
            Kind::AllOrNone => self.free(0..self.pool.bulk),
            Kind::NeverFree => self.free(self.end_of_pool(HELD.load(Relaxed))),
            Kind::RefusedFree => self.free(0..self.blocks()),
        }
        assert_eq!(self.raw().used(), 0, "a block is lost");
        self.raw().assert_valid();
    }

    /// Whether the one has seen what the other does, as far as it can be told.
    #[must_use]
    pub fn have_met(&self) -> bool {
        match self.kind {
            Kind::NeverRefused(_) | Kind::RefusedFree => true,
            Kind::RoomForOne(_) => CONTESTED.load(Relaxed) >= 50,
            Kind::AllOrNone | Kind::NeverFree => SEEN.iter().all(|seen| seen.load(Relaxed)),
        }
    }

    /// The first part.
    ///
    /// # Panics
    ///
    /// If a call gives what it should not.
    pub fn first(&self, numbers: &mut Numbers) {
        match self.kind {
            Kind::NeverRefused(ask) => self.keep_moving(ask, numbers),
            Kind::RoomForOne(ask) => self.play_a_round(ask, numbers),
            Kind::AllOrNone => self.take_many(numbers),
            Kind::NeverFree => self.change_ends(),
            Kind::RefusedFree => self.be_refused(numbers),
        }
    }

    /// The second part.
    ///
    /// # Panics
    ///
    /// If a call gives what it should not.
    pub fn second(&self, numbers: &mut Numbers) {
        match self.kind {
            Kind::NeverRefused(ask) => self.get_what_is_free(ask, numbers),
            Kind::RoomForOne(ask) => self.play_along(ask),
            Kind::AllOrNone => self.see_all_or_none(numbers),
            Kind::NeverFree => self.see_an_end_taken(numbers),
            Kind::RefusedFree => self.see_nothing(),
        }
    }

    /// Holds all spots but one, or two where two are asked for, and not always the same ones.
    fn keep_moving(&self, ask: Ask, numbers: &mut Numbers) {
        let most = if ask == Ask::List { 2 } else { 3 };
        let mut held = HELD.load(Relaxed);
        let spot = numbers.below(4);
        let start = numbers.below(4);
        if held & 1 << spot != 0 {
            self.free(self.spot(spot));
            held &= !(1 << spot);
        }
        for spot in (0..4).map(|after| (start + after) % 4) {
            // What the other one has is refused.
            if held.count_ones() < most
                && held & 1 << spot == 0
                && self.raw().claim(self.address(self.spot(spot).start), self.width()).is_ok()
            {
                held |= 1 << spot;
            }
        }
        HELD.store(held, Relaxed);
    }

    fn get_what_is_free(&self, ask: Ask, numbers: &mut Numbers) {
        let way = numbers.below(3);
        match ask {
            Ask::One => {
                let mut list = [ptr::null_mut()];
                let block = match way {
                    0 => self.raw().alloc(&mut list).ok().map(|()| list[0]),
                    1 => self.raw().alloc_contiguous(1).ok().map(ptr::NonNull::as_ptr),
                    _ => (self.pool.one)(),
                };
                let block = block.expect("a block is free");
                self.free_list(&[block]);
            }
            Ask::List => {
                let mut list = [ptr::null_mut(); 2];
                self.raw().alloc(&mut list).expect("two blocks are free");
                self.free_list(&list);
            }
            Ask::Run | Ask::Claim => {
                let run = self.raw().alloc_contiguous(2).expect("a run is free").as_ptr();
                // SAFETY: taken just now, and used by nobody.
                assert_eq!(unsafe { self.raw().free_contiguous(run, 2) }, Ok(()));
            }
        }
    }

    fn play_a_round(&self, ask: Ask, numbers: &mut Numbers) {
        ROUND.store(OPEN, SeqCst);
        // The other one comes first, or in the middle, or behind.
        for _ in 0..numbers.below(64) {
            spin_loop();
        }
        let first = self.attempt(ask, 0);
        let is_alone = ROUND.compare_exchange(OPEN, CLOSED, SeqCst, SeqCst).is_ok();
        if !is_alone {
            while ROUND.load(SeqCst) != TRIED {
                (self.wait)();
            }
            CONTESTED.store(CONTESTED.load(Relaxed) + 1, Relaxed);
        }
        let second = critical_section::with(|cs| SECOND.borrow_ref_mut(cs).take());
        assert!(!is_alone || second.is_none());
        let got = [&first, &second].map(Option::is_some);
        assert!(got[0] != got[1], "there is room for one, and so many get it: {got:?}");
        for taken in [first, second].into_iter().flatten() {
            self.give_back(&taken);
        }
        ROUND.store(CLOSED, SeqCst);
    }

    fn play_along(&self, ask: Ask) {
        if ROUND.compare_exchange(OPEN, TRYING, SeqCst, SeqCst).is_ok() {
            let second = self.attempt(ask, 1);
            critical_section::with(|cs| *SECOND.borrow_ref_mut(cs) = second);
            ROUND.store(TRIED, SeqCst);
        }
    }

    fn attempt(&self, ask: Ask, side: usize) -> Option<Taken> {
        let raw = self.raw();
        match ask {
            Ask::One | Ask::List => {
                let mut list = [ptr::null_mut(); 11];
                match raw.alloc(&mut list) {
                    Ok(()) => Some(Taken::List(list)),
                    Err(refused) => {
                        let untouched = [ptr::null_mut(); 11];
                        assert_eq!((refused, list), (AllocError::Exhausted, untouched));
                        None
                    }
                }
            }
            Ask::Run => Some(Taken::Run(raw.alloc_contiguous(11).ok()?.as_ptr(), 11)),
            Ask::Claim => {
                // They want 13 each of the 21, and the same 5 of them.
                let first = self.address(self.pool.room + side * 8);
                raw.claim(first, 13).ok()?;
                Some(Taken::Run(first, 13))
            }
        }
    }

    fn give_back(&self, taken: &Taken) {
        match *taken {
            Taken::List(ref list) => self.free_list(list),
            Taken::Run(first, count) => {
                // SAFETY: the value owned the blocks, and is gone.
                assert_eq!(unsafe { self.raw().free_contiguous(first, count) }, Ok(()));
            }
        }
    }

    /// Takes many, or gives them back.
    fn take_many(&self, numbers: &mut Numbers) {
        let many = 0..self.pool.bulk;
        let mut list = [ptr::null_mut(); MOST_IN_BULK];
        let list = &mut list[many.clone()];
        let by_list = numbers.below(2) == 0;
        if HELD.load(Relaxed) == 0 {
            // Refused where the other one has all of them.
            let taken = if by_list {
                self.raw().alloc(list).is_ok()
            } else {
                self.raw().claim(self.address(0), many.len()).is_ok()
            };
            HELD.store(u8::from(taken), Relaxed);
            let are_lowest = list.iter().zip(many).all(|(at, index)| *at == self.address(index));
            assert!(!(taken && by_list) || are_lowest, "all were free");
        } else {
            HELD.store(0, Relaxed);
            if by_list {
                list.iter_mut().zip(many).for_each(|(at, index)| *at = self.address(index));
                list.rotate_left(numbers.below(list.len()));
                self.free_list(list);
            } else {
                self.free(many);
            }
        }
    }

    fn see_all_or_none(&self, numbers: &mut Numbers) {
        let (blocks, bulk) = (self.blocks(), self.pool.bulk);
        match numbers.below(4) {
            0 => {
                let used = self.raw().used();
                assert!(used == 0 || used == bulk, "{used} of {bulk} are taken");
                SEEN[usize::from(used != 0)].store(true, Relaxed);
            }
            1 => {
                let run = self.raw().largest_free_run();
                assert!(run == blocks || run == blocks - bulk, "a run of {run}");
            }
            2 => {
                if let Ok(all) = self.raw().alloc_contiguous(blocks) {
                    self.give_back(&Taken::Run(all.as_ptr(), blocks));
                }
            }
            _ => {
                // All that are not taken, and one more, which is free only if they all are.
                let first = self.address(bulk - 1);
                if self.raw().claim(first, blocks - bulk + 1).is_ok() {
                    assert!(self.raw().is_region_free(self.address(0), bulk - 1));
                    self.give_back(&Taken::Run(first, blocks - bulk + 1));
                }
            }
        }
    }

    /// Takes the end of the pool that is free, and only then gives back the other one.
    fn change_ends(&self) {
        let held = HELD.load(Relaxed);
        self.claim(self.end_of_pool(1 - held));
        self.free(self.end_of_pool(held));
        HELD.store(1 - held, Relaxed);
    }

    fn see_an_end_taken(&self, numbers: &mut Numbers) {
        let (raw, first, blocks) = (self.raw(), self.address(0), self.blocks());
        match numbers.below(3) {
            0 => assert!(!raw.is_region_free(first, blocks), "all blocks are free"),
            1 => {
                // One end is taken, or both are.
                let run = raw.largest_free_run();
                assert!(run == blocks - 1 || run == blocks - 2, "a run of {run}");
            }
            _ => {
                let is_first_free = raw.is_region_free(first, blocks - 1);
                SEEN[usize::from(is_first_free)].store(true, Relaxed);
            }
        }
    }

    fn be_refused(&self, numbers: &mut Numbers) {
        let raw = self.raw();
        let list: [usize; 5] = [self.pool.spots[2], 0, self.pool.spots[3], self.pool.spots[1], 1];
        let mut list = list.map(|index| self.address(index));
        let kind = match numbers.below(3) {
            0 => {
                // SAFETY: refused, as the buffer ends before the last one.
                let error = unsafe { raw.free_contiguous(self.address(self.blocks() - 5), 6) };
                let error = error.map_err(|error| (error.entry(), error.kind()));
                assert_eq!(error, Err((5, FreeErrorKind::NotInBuffer)));
                return;
            }
            1 => {
                list[4] = list[1];
                FreeErrorKind::ListedTwice
            }
            _ => {
                list[4] = ptr::null_mut();
                FreeErrorKind::NotInBuffer
            }
        };
        // SAFETY: refused, for its last entry.
        let error = unsafe { raw.free(&list) }.map_err(|error| (error.entry(), error.kind()));
        assert_eq!(error, Err((4, kind)));
    }

    fn see_nothing(&self) {
        let raw = self.raw();
        assert_eq!((self.pool.one)(), None, "a block of the other one");
        assert_eq!(raw.used(), self.blocks());
        assert_eq!(raw.alloc(&mut [ptr::null_mut(); 2]), Err(AllocError::Exhausted));
        assert_eq!(raw.largest_free_run(), 0);
        assert!(!raw.is_region_free(self.address(0), 1));
    }

    fn raw(&self) -> &'static RawMemBlocks {
        (self.pool.raw)()
    }

    fn blocks(&self) -> usize {
        self.raw().num_blocks()
    }

    fn address(&self, index: usize) -> *mut u8 {
        self.raw().buffer().cast::<u8>().wrapping_add(index * self.raw().block_size())
    }

    fn width(&self) -> usize {
        if self.kind == Kind::NeverRefused(Ask::Run) { 2 } else { 1 }
    }

    fn spot(&self, spot: usize) -> Range<usize> {
        let start = self.pool.spots[spot];
        start..start + self.width()
    }

    /// The first block, or the last one.
    fn end_of_pool(&self, end: u8) -> Range<usize> {
        let block = if end == 0 { 0 } else { self.blocks() - 1 };
        block..block + 1
    }

    fn claim(&self, range: Range<usize>) {
        assert_eq!(self.raw().claim(self.address(range.start), range.len()), Ok(()));
    }

    /// Gives back blocks that the caller owns.
    fn free(&self, range: Range<usize>) {
        self.give_back(&Taken::Run(self.address(range.start), range.len()));
    }

    /// Gives back blocks that the caller owns.
    fn free_list(&self, blocks: &[*mut u8]) {
        // SAFETY: the caller's promise; nobody accesses them.
        assert_eq!(unsafe { self.raw().free(blocks) }, Ok(()));
    }
}
