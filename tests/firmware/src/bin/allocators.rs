//! Every way to define an allocator, and every operation once. `cargo xtask firmware` runs it and also checks, on the
//! ELF file, where each buffer, bitmap and descriptor lies.

#![no_std]
#![no_main]

use core::{mem::MaybeUninit, panic::PanicInfo, ptr};

use firmware::{entry, println};
use mem_blocks::{
    AllocError, Bitmap, Block, BlockBuffer, ClaimError, FreeErrorKind, Group, GroupError,
    MemBlocks, Run, bitmap_words, choose, define_mem_blocks, mem_blocks,
};
use static_cell::StaticCell;

const CACHE_LINE: usize = 32;

/// What a network controller reads: the frames in a bank of their own, each on a cache line.
#[mem_blocks(align = 32, unsafe(section = ".sram2"))]
static FRAMES: MemBlocks<[u8; 192], 8>;

/// Survives a warm reset.
#[mem_blocks(uninit)]
static KEPT: MemBlocks<[u32; 4], 4>;

/// The blocks of an existing static, which has an attribute of its own.
#[mem_blocks(unsafe(buffer = OUTSIDE_BUFFER))]
static OUTSIDE: MemBlocks<[u8; 24], 5>;

#[unsafe(link_section = ".sram2.outside")]
static OUTSIDE_BUFFER: BlockBuffer<[u8; 24], 5, 8> = BlockBuffer::new();

/// A fixed address, as of external memory.
#[mem_blocks(align = 64, unsafe(address = firmware::FIXED))]
static FIXED: MemBlocks<[u8; 64], 16>;

#[cfg(feature = "break-section")]
#[mem_blocks(unsafe(section = ".nobody"))]
static LOST: MemBlocks<[u8; 64], 2>;

#[cfg(feature = "break-data")]
static INITIALISED: core::sync::atomic::AtomicU32 = core::sync::atomic::AtomicU32::new(1);

define_mem_blocks! {
    /// With an alignment that is a constant expression.
    #[mem_blocks(align = CACHE_LINE)]
    static SMALL: MemBlocks<[u8; 2 * CACHE_LINE], 4>;

    static LARGE: MemBlocks<[u8; 200], 3>;
}

static BUFFERS: Group<usize, 2> =
    Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit_or_larger);

mod radio {
    use mem_blocks::{MemBlocks, mem_blocks};

    pub struct Packet {
        pub length: u16,
        pub payload: [u8; 37],
    }

    #[mem_blocks]
    pub static PACKETS: MemBlocks<Packet, 33>;
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    firmware::fail(info)
}

#[entry]
fn main() -> ! {
    if second_start() {
        println!("KEPT: content survived the reset");
    } else {
        println!("KEPT: written, now a system reset");
        firmware::reset();
    }
    one_block();
    several_blocks();
    adjacent_blocks();
    addresses();
    other_memory();
    in_a_function();
    group();
    built_at_run_time();

    #[cfg(feature = "break-section")]
    drop(LOST.alloc());
    #[cfg(feature = "break-data")]
    INITIALISED.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
    #[cfg(feature = "break-output")]
    println!("one line too many");

    firmware::exit(cfg!(not(feature = "break-status")))
}

/// Whether block 0 of `KEPT` holds what a start before this one has written there.
fn second_start() -> bool {
    const MARK: [u32; 4] = [0x600D_F00D, 0x0123_4567, 0x89AB_CDEF, 0x5AA5_5AA5];
    let mut run = KEPT.claim(0..1).unwrap();
    let block: *mut [u32; 4] = run[0].as_mut_ptr();
    // SAFETY: `block` is ours for as long as `run` lives. Its memory holds what the last owner left, and every bit
    // pattern is a `u32`; volatile, so that the compiler takes the value from the memory.
    let found = unsafe { block.read_volatile() } == MARK;
    // SAFETY: as above.
    unsafe { block.write_volatile(MARK) };
    found
}

fn one_block() {
    let mut frame = FRAMES.alloc_zeroed().unwrap();
    assert!(frame.iter().all(|byte| *byte == 0));
    assert_eq!(frame.as_ptr() as usize % 32, 0);
    frame[0] = 7;
    assert_eq!((FRAMES.used(), FRAMES.available()), (1, 7));
    println!("FRAMES: block {} of {}", Block::index(&frame), 8);
    drop(frame);
    assert_eq!(FRAMES.used(), 0);

    let packet =
        radio::PACKETS.alloc_with(|| radio::Packet { length: 3, payload: [9; 37] }).unwrap();
    let block = Block::into_raw(packet);
    assert_eq!(radio::PACKETS.used(), 1);
    // SAFETY: `block` came from `into_raw` just now.
    let packet = unsafe { Block::from_raw(&radio::PACKETS, block) };
    let radio::Packet { length, payload } = Block::into_inner(packet);
    assert_eq!((length, payload[36], radio::PACKETS.used()), (3, 9, 0));
    println!("PACKETS: one block through into_raw and from_raw");
}

fn several_blocks() {
    let pair = FRAMES.alloc_array::<2>().unwrap();
    assert_eq!(FRAMES.used(), 2);
    let too_many = FRAMES.alloc_array::<9>().unwrap_err();
    assert_eq!(too_many, AllocError::ExceedsCapacity);
    let too_many_now = FRAMES.alloc_array::<7>().unwrap_err();
    assert_eq!(too_many_now, AllocError::Exhausted);
    assert_eq!(FRAMES.used(), 2);
    println!("FRAMES: 9 of 8 blocks: {}; 7 of 6: {}", too_many, too_many_now);

    // Blocks 0 and 1 are taken, now also 4: free are 2, 3, 5, 6, 7.
    let hole = FRAMES.claim(4..5).unwrap();
    let mut scatter = FRAMES.alloc_scatter::<5>(5).unwrap();
    for block in &mut scatter {
        block.write([0xA5; 192]);
    }
    for slice in scatter.runs() {
        println!("FRAMES: a piece of {} blocks", slice.len());
    }
    assert_eq!(FRAMES.available(), 0);
    drop((pair, hole, scatter));
    assert_eq!(FRAMES.used(), 0);
}

fn adjacent_blocks() {
    let mut first = FRAMES.alloc_contiguous(3).unwrap();
    let second = Run::split_off(&mut first, 1);
    assert_eq!((first.len(), second.len()), (1, 2));
    drop(first);
    assert_eq!(FRAMES.largest_free_run(), 5);
    // Free are block 0 and blocks 3 to 7.
    let longest = FRAMES.alloc_contiguous_in(2..=6).unwrap();
    println!("FRAMES: 2 to 6 adjacent blocks: got {}", longest.len());
    drop((second, longest));

    let middle = FRAMES.claim(2..4).unwrap();
    assert!(FRAMES.is_free(4..8) && !FRAMES.is_free(3..5) && FRAMES.is_free(0..0));
    assert_eq!(FRAMES.claim(3..5).unwrap_err(), ClaimError::Taken);
    assert_eq!(FRAMES.claim(7..9).unwrap_err(), ClaimError::OutOfRange);
    drop(middle);
    assert_eq!(FRAMES.used(), 0);
    println!("FRAMES: claimed and given back");
}

fn addresses() {
    let raw = FRAMES.raw();
    assert_eq!((raw.block_size(), raw.num_blocks(), raw.buffer().len()), (192, 8, 8 * 192));

    let mut blocks = [ptr::null_mut(); 3];
    raw.alloc(&mut blocks).unwrap();
    // SAFETY: no block is used after this; each call must refuse, and then nothing is freed.
    let refuse = |list: &[*mut u8]| unsafe { raw.free(list) }.unwrap_err();
    let inner = refuse(&[blocks[0], blocks[1].wrapping_add(4)]);
    assert_eq!((inner.entry(), inner.kind()), (1, FreeErrorKind::NotBlockStart));
    let outside = refuse(&[blocks[0], ptr::null_mut()]);
    assert_eq!((outside.entry(), outside.kind()), (1, FreeErrorKind::NotInBuffer));
    let twice = refuse(&[blocks[0], blocks[1], blocks[0]]);
    assert_eq!((twice.entry(), twice.kind()), (2, FreeErrorKind::ListedTwice));
    assert_eq!(raw.used(), 3);
    println!("raw: {}", inner);
    println!("raw: {}", outside);
    println!("raw: {}", twice);
    // SAFETY: the three blocks are ours and not used any more.
    unsafe { raw.free(&blocks) }.unwrap();
    let again = refuse(&blocks[..1]);
    assert_eq!((again.entry(), again.kind()), (0, FreeErrorKind::NotAllocated));
    println!("raw: {}", again);

    let first = raw.alloc_contiguous(4).unwrap().as_ptr();
    assert!(raw.owns(first) && !raw.owns(ptr::null()) && !raw.is_region_free(first, 4));
    // SAFETY: the call must refuse: the run has 4 blocks. Nothing is used after it.
    let beyond = unsafe { raw.free_contiguous(first, 5) }.unwrap_err();
    assert_eq!(beyond.kind(), FreeErrorKind::NotAllocated);
    // SAFETY: the run is ours and not used any more.
    unsafe { raw.free_contiguous(first, 4) }.unwrap();
    raw.claim(first, 2).unwrap();
    // SAFETY: claimed in the line above.
    unsafe { raw.free_contiguous(first, 2) }.unwrap();
    assert_eq!(raw.used(), 0);
}

fn other_memory() {
    let blocks = OUTSIDE.alloc_array::<5>().unwrap().map(|block| Block::write(block, [1; 24]));
    assert_eq!(OUTSIDE.alloc().unwrap_err(), AllocError::Exhausted);
    drop(blocks);

    let run = FIXED.alloc_contiguous(16).unwrap();
    assert_eq!(run.as_ptr() as usize, firmware::FIXED);
    let run = Run::write_with(run, |index| [index.to_le_bytes()[0]; 64]);
    assert!(run.iter().enumerate().all(|(index, block)| usize::from(block[63]) == index));
    drop(run);
    assert_eq!((OUTSIDE.used(), FIXED.used()), (0, 0));
    println!("OUTSIDE, FIXED: used and given back");
}

fn in_a_function() {
    #[mem_blocks]
    static SCRATCH: MemBlocks<[u16; 8], 2>;

    let (one, two) = (SCRATCH.alloc_zeroed().unwrap(), SCRATCH.alloc_zeroed().unwrap());
    assert_eq!(SCRATCH.alloc().unwrap_err(), AllocError::Exhausted);
    println!("SCRATCH: blocks {} and {}", Block::index(&one), Block::index(&two));
}

fn group() {
    let small = BUFFERS.alloc(&60).unwrap();
    let large = BUFFERS.alloc(&65).unwrap();
    println!("BUFFERS: 60 bytes in {}, 65 bytes in {}", small.len(), large.len());
    assert_eq!(BUFFERS.alloc(&201).unwrap_err(), GroupError::NotChosen);

    // The small ones are gone after three more; then a larger member serves.
    let rest = BUFFERS.alloc_array::<3>(&1).unwrap();
    let instead = BUFFERS.alloc(&1).unwrap();
    println!("BUFFERS: 1 byte in {} when the small blocks are gone", instead.len());
    assert_eq!((SMALL.used(), LARGE.used()), (4, 2));
    drop((small, large, rest, instead));
    assert_eq!((SMALL.used(), LARGE.used()), (0, 0));

    let run = BUFFERS.alloc_contiguous(&100, 3).unwrap();
    assert_eq!(run.len(), 600);
    drop(run);

    let one = SMALL.raw().alloc_contiguous(1).unwrap().as_ptr();
    let two = LARGE.raw().alloc_contiguous(1).unwrap().as_ptr();
    // SAFETY: the call must refuse, for its last entry.
    let refused = unsafe { BUFFERS.free(&[one, two, ptr::null_mut()]) }.unwrap_err();
    assert_eq!((refused.entry(), SMALL.used(), LARGE.used()), (2, 1, 1));
    // SAFETY: both blocks are ours and not used any more.
    unsafe { BUFFERS.free(&[one, two]) }.unwrap();
    assert_eq!((SMALL.used(), LARGE.used()), (0, 0));
    println!("BUFFERS: blocks of two members freed in one call");
}

fn built_at_run_time() {
    static MEMORY: StaticCell<[MaybeUninit<[u8; 48]>; 40]> = StaticCell::new();
    static BITMAP: StaticCell<Bitmap<{ bitmap_words(40) }>> = StaticCell::new();
    static POOL: StaticCell<MemBlocks<[u8; 48], 40>> = StaticCell::new();
    static LATE: StaticCell<Group<usize, 2>> = StaticCell::new();

    let memory = MEMORY.init([MaybeUninit::uninit(); 40]);
    let pool = &*POOL.init(MemBlocks::new(memory, BITMAP.init(Bitmap::new())));
    let all = pool.alloc_contiguous(40).unwrap();
    assert_eq!(pool.available(), 0);
    drop(all);

    let mut group = Group::new([], choose::smallest_fit);
    group.add(LARGE.raw()).unwrap();
    group.add(pool.raw()).unwrap();
    let full = group.add(SMALL.raw()).unwrap_err();
    let group = &*LATE.init(group);
    let block = group.alloc(&48).unwrap();
    assert_eq!((block.len(), pool.used()), (48, 1));
    println!("built at run time: {} blocks; a third member: {}", pool.available() + 1, full);
}
