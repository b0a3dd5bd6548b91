//! Containers whose memory is blocks of a pool.

#![cfg(feature = "allocator-api2")]
#![allow(unsafe_code)]

use core::alloc::Layout;
use core::ptr::NonNull;

use allocator_api2::alloc::{AllocError, Allocator};
use allocator_api2::boxed::Box;
use allocator_api2::vec::Vec;
use mem_blocks::{MemBlocks, RawMemBlocks, define_mem_blocks, mem_blocks};

const fn layout(size: usize, align: usize) -> Layout {
    match Layout::from_size_align(size, align) {
        Ok(layout) => layout,
        Err(_) => panic!("no layout"),
    }
}

/// The address of what was handed out.
fn start(memory: NonNull<[u8]>) -> NonNull<u8> {
    memory.cast()
}

#[test]
fn a_box_is_one_block_and_gives_it_back() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;
    let mut value = Box::new_in([7_u32; 10], &POOL);
    assert_eq!(POOL.used(), 1);
    assert!(POOL.raw().owns(value.as_ptr().cast()));
    value[9] = 8;
    assert_eq!(value.iter().sum::<u32>(), 71);
    drop(value);
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_box_larger_than_a_block_is_a_run() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;
    let value = Box::new_in([1_u8; 129], &POOL);
    assert_eq!(POOL.used(), 3);
    assert_eq!(Box::try_new_in([0_u8; 65], &POOL).unwrap_err(), AllocError);
    let small = Box::try_new_in([0_u8; 64], &POOL).unwrap();
    assert_eq!((value.len(), small.len(), POOL.used()), (129, 64, 4));
    drop(value);
    assert_eq!(POOL.used(), 1);
}

#[test]
fn a_box_drops_its_value_before_the_block_is_free() {
    struct Watched(&'static MemBlocks<[u8; 16], 2>);
    impl Drop for Watched {
        fn drop(&mut self) {
            assert_eq!(self.0.used(), 1);
        }
    }
    #[mem_blocks(align = 8)]
    static POOL: MemBlocks<[u8; 16], 2>;
    drop(Box::new_in(Watched(&POOL), &POOL));
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_box_can_name_any_pool_of_bytes() {
    define_mem_blocks! {
        static SMALL: MemBlocks<[u8; 16], 2>;
        static LARGE: MemBlocks<[u8; 256], 2>;
    }
    let pools: [&'static RawMemBlocks; 2] = [SMALL.raw(), LARGE.raw()];
    let boxes = pools.map(|pool| Box::new_in(1_u32, pool));
    assert_eq!((SMALL.used(), LARGE.used()), (1, 1));
    drop(boxes);
    assert_eq!((SMALL.used(), LARGE.used()), (0, 0));
}

#[test]
fn a_box_goes_to_another_thread_and_is_dropped_there() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 16], 2>;
    let value = Box::new_in(1_u32, &POOL);
    std::thread::spawn(move || assert_eq!(*value, 1)).join().unwrap();
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_vector_grows_where_it_is_while_the_blocks_behind_are_free() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;
    let mut numbers = Vec::with_capacity_in(16, &POOL);
    let place = numbers.as_ptr();
    numbers.extend(0..64_u32);
    assert_eq!(numbers.as_ptr(), place);
    assert_eq!(POOL.used(), 4);
    assert!(numbers.iter().copied().eq(0..64));
    assert!(numbers.try_reserve(1).is_err());
    assert_eq!((numbers.len(), POOL.used()), (64, 4));
}

#[test]
fn a_vector_moves_where_a_block_behind_is_taken() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 8>;
    let mut numbers = Vec::with_capacity_in(16, &POOL);
    numbers.extend(0..16_u32);
    let behind = POOL.claim(1..2).unwrap();
    numbers.extend(16..32);
    let third = POOL.raw().buffer().cast::<u8>().wrapping_add(2 * 64);
    assert_eq!(numbers.as_ptr().addr(), third.addr());
    assert!(numbers.iter().copied().eq(0..32));
    assert_eq!(POOL.used(), 3);
    assert!(POOL.is_free(0..1), "the old block is not free");
    drop((numbers, behind));
    assert_eq!(POOL.used(), 0);
}

#[test]
fn a_vector_that_can_neither_grow_nor_move_is_as_it_was() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;
    let mut numbers = Vec::with_capacity_in(32, &POOL);
    numbers.extend(0..32_u32);
    let _behind = POOL.claim(3..).unwrap();
    assert!(numbers.try_reserve_exact(32).is_err());
    assert_eq!((numbers.capacity(), POOL.used()), (32, 3));
    assert!(numbers.iter().copied().eq(0..32));
    numbers.try_reserve_exact(16).unwrap();
    assert_eq!((numbers.capacity(), POOL.used()), (48, 4));
}

#[test]
fn a_vector_that_shrinks_stays_and_gives_back_its_last_blocks() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;
    let mut numbers = Vec::with_capacity_in(64, &POOL);
    numbers.extend(0..17_u32);
    let place = numbers.as_ptr();
    numbers.shrink_to_fit();
    assert_eq!((numbers.as_ptr(), POOL.used()), (place, 2));
    assert!(POOL.is_free(2..));
    assert!(numbers.iter().copied().eq(0..17));
    numbers.clear();
    numbers.shrink_to_fit();
    assert_eq!(POOL.used(), 0);
    numbers.push(1);
    assert_eq!(POOL.used(), 1);
}

#[test]
fn what_has_no_size_takes_no_block() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 1>;
    let _full = POOL.alloc().unwrap();
    let nothing = Box::new_in((), &POOL);
    let mut nothings = Vec::new_in(&POOL);
    nothings.extend([(); 100]);
    let empty = Vec::<u64, _>::new_in(&POOL);
    assert_eq!((nothings.len(), empty.len(), *nothing), (100, 0, ()));

    // Of an alignment that no block has.
    let aligned = (&POOL).allocate(layout(0, 4096)).unwrap();
    assert_eq!((aligned.len(), start(aligned).addr().get() % 4096), (0, 0));
    // SAFETY: it was handed out just now, for such a layout.
    let shrunk = unsafe { (&POOL).shrink(start(aligned), layout(0, 4096), layout(0, 64)) }.unwrap();
    // SAFETY: as above.
    let grown = unsafe { (&POOL).grow(start(shrunk), layout(0, 64), layout(0, 8192)) }.unwrap();
    assert_eq!((grown.len(), start(grown).addr().get() % 8192), (0, 0));
    // SAFETY: as above.
    unsafe { (&POOL).deallocate(start(grown), layout(0, 8192)) };
    assert_eq!(POOL.used(), 1);
}

#[test]
fn nothing_grows_to_a_run() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;
    let pool = &POOL;
    let nothing = pool.allocate(layout(0, 1)).unwrap();
    // SAFETY: it was handed out just now, for this layout.
    let run = unsafe { pool.grow(start(nothing), layout(0, 1), layout(65, 4)) }.unwrap();
    assert_eq!((run.len(), POOL.used()), (128, 2));
    // SAFETY: as above.
    unsafe { pool.deallocate(start(run), layout(128, 4)) };
    assert_eq!(POOL.used(), 0);
}

#[test]
fn an_alignment_that_not_every_block_has_is_refused() {
    define_mem_blocks! {
        #[mem_blocks(align = 16)]
        static ALIGNED: MemBlocks<[u8; 48], 4>;
        #[mem_blocks(align = 4)]
        static ODD: MemBlocks<[u8; 20], 4>;
        // SAFETY: no block of it is accessed.
        #[mem_blocks(unsafe(address = 0x1004))]
        static BEHIND: MemBlocks<[u8; 64], 4>;
    }
    assert_eq!((&ALIGNED).allocate(layout(1, 32)), Err(AllocError));
    assert_eq!((&ODD).allocate(layout(1, 8)), Err(AllocError));
    assert_eq!((&BEHIND).allocate(layout(1, 8)), Err(AllocError));
    assert_eq!((ALIGNED.used(), ODD.used(), BEHIND.used()), (0, 0, 0));
    assert!((&BEHIND).allocate(layout(1, 4)).is_ok());

    let values = [(); 4].map(|()| Box::new_in(0_u128, &ALIGNED));
    for value in &values {
        assert_eq!((&raw const **value).addr() % 16, 0);
    }
    assert_eq!(ALIGNED.used(), 4);
}

#[test]
fn an_alignment_is_refused_that_neither_the_buffer_nor_the_size_of_a_block_has() {
    // SAFETY: no block is used.
    #[mem_blocks(unsafe(address = 0x1000_000c))]
    static POOL: MemBlocks<[u8; 12], 4>;
    assert!((&POOL).allocate(layout(1, 8)).is_err());
    assert!((&POOL).allocate(layout(1, 4)).is_ok());
}

#[test]
fn an_alignment_is_judged_again_where_it_changes() {
    define_mem_blocks! {
        #[mem_blocks(align = 4)]
        static POOL: MemBlocks<[u8; 20], 4>;
    }
    let pool = &POOL;
    let run = pool.allocate(layout(25, 4)).unwrap();
    // SAFETY: it was handed out just now, for this layout.
    let grown = unsafe { pool.grow(start(run), layout(25, 4), layout(50, 8)) };
    // SAFETY: as above; what fails has changed nothing.
    let shrunk = unsafe { pool.shrink(start(run), layout(25, 4), layout(8, 8)) };
    assert_eq!((grown, shrunk), (Err(AllocError), Err(AllocError)));
    assert_eq!(POOL.used(), 2);
    // SAFETY: as above.
    let same = unsafe { pool.grow(start(run), layout(25, 4), layout(26, 2)) }.unwrap();
    assert_eq!(start(same), start(run));
    // SAFETY: as above, and nothing uses it any more.
    unsafe { pool.deallocate(start(same), layout(40, 2)) };
    assert_eq!(POOL.used(), 0);
}

#[test]
fn more_than_the_pool_has_is_refused() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;
    let most = usize::MAX / 2;
    for size in [257, 1 << 20, most] {
        assert_eq!((&POOL).allocate(layout(size, 1)), Err(AllocError));
    }
    let run = (&POOL).allocate(layout(256, 1)).unwrap();
    // SAFETY: it was handed out just now, for this layout.
    let grown = unsafe { (&POOL).grow(start(run), layout(256, 1), layout(most, 1)) };
    assert_eq!(grown, Err(AllocError));
    assert_eq!(POOL.used(), 4);
    assert!(Vec::<u8, _>::new_in(&POOL).try_reserve(257).is_err());
}

#[test]
fn what_grows_is_zeroed_behind_what_was_there() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 16], 8>;
    let pool = &POOL;
    for block in &mut POOL.claim(..).unwrap() {
        block.write([0xff; 16]);
    }

    // Where it is, then elsewhere.
    let mut old = layout(10, 1);
    let mut memory = pool.allocate(old).unwrap();
    let mut behind = None;
    for size in [20, 40] {
        // SAFETY: the memory is that of the old layout.
        unsafe { start(memory).write_bytes(0xaa, old.size()) };
        let new = layout(size, 1);
        // SAFETY: as above, and the new layout is longer.
        memory = unsafe { pool.grow_zeroed(start(memory), old, new) }.unwrap();
        // SAFETY: all of it is written: before, or by `grow_zeroed`.
        let bytes = unsafe { memory.as_ref() };
        assert!(bytes[..old.size()].iter().all(|&byte| byte == 0xaa));
        assert!(bytes[old.size()..].iter().all(|&byte| byte == 0));
        assert_eq!(bytes.len(), size.next_multiple_of(16));
        behind.get_or_insert_with(|| POOL.claim(2..3).unwrap());
        old = new;
    }
    assert_eq!(start(memory).as_ptr(), POOL.raw().buffer().cast::<u8>().wrapping_add(3 * 16));
    // SAFETY: as above, and nothing uses it any more.
    unsafe { pool.deallocate(start(memory), old) };
    assert_eq!(POOL.used(), 1);
}

/// What is handed out, by a pool and in the shadow: where, for which layout, and the byte it is filled with.
struct Held {
    memory: NonNull<[u8]>,
    layout: Layout,
    fill: u8,
}

impl Held {
    fn blocks(&self, block_size: usize) -> usize {
        self.layout.size().div_ceil(block_size)
    }

    /// Writes the bytes that the layout covers.
    fn write(&mut self, fill: u8) {
        self.fill = fill;
        // SAFETY: the memory is this one's, and at least as long.
        unsafe { start(self.memory).write_bytes(fill, self.layout.size()) };
    }

    /// Whether the first bytes are what was written.
    fn assert_kept(&self, len: usize) {
        // SAFETY: the memory is this one's, and this part of it was written.
        let bytes = unsafe { NonNull::slice_from_raw_parts(start(self.memory), len).as_ref() };
        assert!(bytes.iter().all(|&byte| byte == self.fill), "the content has changed");
    }

    fn assert_fits(&self, pool: &RawMemBlocks) {
        let size = self.layout.size();
        assert_eq!(start(self.memory).addr().get() % self.layout.align(), 0);
        assert_eq!(self.memory.len(), size.next_multiple_of(pool.block_size()));
        assert_eq!(pool.owns(start(self.memory).as_ptr()), size != 0);
    }
}

/// Random calls of every method; afterwards no block is missing, and nothing was written that was not asked for.
fn agrees_with_a_shadow<const N: usize>(pool: &'static MemBlocks<[u8; 24], N>, seed: u64) {
    const SIZE: usize = 24;
    let mut state = seed;
    let mut random = |below: usize| {
        // Knuth's, of MMIX.
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut held: std::vec::Vec<Held> = std::vec::Vec::new();
    let mut refused = [0; 2];
    for fill in (0..=u8::MAX).cycle().take(20_000) {
        let new = layout(random(SIZE * 6), 1 << random(5));
        let aligned = new.align() <= 8 || new.size() == 0;
        match (random(5), held.len()) {
            (0 | 1, _) | (_, 0) => {
                let longest = pool.largest_free_run();
                let Ok(memory) = pool.allocate(new) else {
                    assert!(!aligned || new.size() > longest * SIZE, "refused without a reason");
                    refused[0] += 1;
                    continue;
                };
                assert!(aligned, "an alignment that blocks do not have by themselves");
                let mut one = Held { memory, layout: new, fill };
                one.write(fill);
                held.push(one);
            }
            (2, len) => {
                let one = held.swap_remove(random(len));
                one.assert_kept(one.layout.size());
                let longest = one.memory.len();
                let size = one.layout.size() + random(longest - one.layout.size() + 1);
                // SAFETY: what was handed out, for a layout of any size that it fits.
                unsafe { pool.deallocate(start(one.memory), layout(size, one.layout.align())) };
            }
            (3, len) => {
                let one = &mut held[random(len)];
                let size = one.layout.size() + random(SIZE * 3);
                let new = layout(size, new.align());
                // SAFETY: what was handed out, for its own layout, and one that is not shorter.
                let Ok(memory) = (unsafe { pool.grow(start(one.memory), one.layout, new) }) else {
                    one.assert_kept(one.layout.size());
                    refused[1] += 1;
                    continue;
                };
                let kept = one.layout.size();
                (one.memory, one.layout) = (memory, new);
                one.assert_kept(kept);
                one.write(fill);
            }
            (_, len) => {
                let one = &mut held[random(len)];
                let new = layout(random(one.layout.size() + 1), new.align());
                let place = one.memory;
                // SAFETY: what was handed out, for its own layout, and one that is not longer.
                let Ok(memory) = (unsafe { pool.shrink(start(place), one.layout, new) }) else {
                    assert!(new.align() > 8 && new.size() != 0);
                    one.assert_kept(one.layout.size());
                    continue;
                };
                assert!(new.size() == 0 || start(memory) == start(place), "it has moved");
                (one.memory, one.layout) = (memory, new);
                one.assert_kept(new.size());
            }
        }
        for one in &held {
            one.assert_fits(pool.raw());
        }
        assert_eq!(pool.used(), held.iter().map(|one| one.blocks(SIZE)).sum::<usize>());
        pool.raw().assert_valid();
    }
    assert!(refused.iter().all(|&refused| refused > 100), "hardly ever refused: {refused:?}");
    for one in held {
        one.assert_kept(one.layout.size());
        // SAFETY: what was handed out, for its own layout.
        unsafe { pool.deallocate(start(one.memory), one.layout) };
    }
    assert_eq!(pool.used(), 0);
}

#[test]
fn random_calls_agree_with_a_shadow() {
    define_mem_blocks! {
        #[mem_blocks(align = 8)]
        static ONE_WORD: MemBlocks<[u8; 24], 20>;
        #[mem_blocks(align = 8)]
        static MANY_WORDS: MemBlocks<[u8; 24], 100>;
    }
    agrees_with_a_shadow(&ONE_WORD, 1);
    agrees_with_a_shadow(&MANY_WORDS, 2);
}

/// The trait of the version before is the same in other words.
#[test]
#[cfg(feature = "allocator-api2-02")]
fn a_map_lies_in_a_run() {
    use std::hash::RandomState;

    define_mem_blocks! {
        #[mem_blocks(align = 16)]
        static POOL: MemBlocks<[u8; 64], 16>;
    }
    let mut map = hashbrown::HashMap::with_hasher_in(RandomState::new(), &POOL);
    assert_eq!(POOL.used(), 0);
    for key in 0..28_u32 {
        map.try_reserve(1).unwrap();
        map.insert(key, !key);
    }
    assert!((0..28).all(|key| map[&key] == !key));
    let used = POOL.used();
    assert!(map.try_reserve(100).is_err());
    assert_eq!((POOL.used(), map.len()), (used, 28));
    drop(map);
    assert_eq!(POOL.used(), 0);
}
