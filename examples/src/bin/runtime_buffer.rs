//! An allocator built at run time, from memory that `static_cell` hands over.
//!
//! For when the buffer is known only at run time: lent by a driver, or one of several. It is safe
//! code: the allocator owns what it is given.

use core::mem::MaybeUninit;

use mem_blocks::{AllocError, Bitmap, MemBlocks, Run, bitmap_words};
use static_cell::{ConstStaticCell, StaticCell};

const LINES: usize = 40;
type Line = [u8; 80];
type Screen = MemBlocks<Line, LINES>;

fn screen() -> &'static Screen {
    // In `.bss`, all three of them.
    static BUFFER: ConstStaticCell<[MaybeUninit<Line>; LINES]> =
        ConstStaticCell::new([MaybeUninit::uninit(); LINES]);
    static BITMAP: ConstStaticCell<Bitmap<{ bitmap_words(LINES) }>> =
        ConstStaticCell::new(Bitmap::new());
    static SCREEN: StaticCell<Screen> = StaticCell::new();

    SCREEN.init(MemBlocks::new(BUFFER.take(), BITMAP.take()))
}

fn main() -> Result<(), AllocError> {
    let screen = screen();
    println!("{} lines of {} bytes", Screen::NUM_BLOCKS, Screen::BLOCK_SIZE);

    let window = screen.alloc_contiguous(25)?;
    let mut window = Run::write_with(window, |_| [b'.'; 80]);
    window[24][..6].copy_from_slice(b"status");
    println!("a window of {} lines, {} left", window.len(), screen.available());

    // Not a second one of that size, but the longest that there is.
    assert_eq!(screen.alloc_contiguous(25).unwrap_err(), AllocError::Exhausted);
    let smaller = screen.alloc_contiguous_in(5..=25)?;
    println!("a window of {} lines at line {}", smaller.len(), Run::range(&smaller).start);

    // Give the lower half of the first one back.
    let lower = Run::split_off(&mut window, 12);
    drop(lower);
    println!("longest free run: {} lines", screen.largest_free_run());
    Ok(())
}
