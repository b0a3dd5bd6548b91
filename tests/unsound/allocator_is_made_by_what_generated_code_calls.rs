#![forbid(unsafe_code)]

use mem_blocks::__private::{self, Bitmap, BlockBuffer, UserBuffer};
use mem_blocks::{MemBlocks, mem_blocks};

#[mem_blocks]
static POOL: MemBlocks<u32, 4>;

static BUFFER: BlockBuffer<u32, 4> = BlockBuffer::new();
static BITMAP: Bitmap<1> = Bitmap::new();

const BOUND: UserBuffer = __private::type_of(|| &POOL).buffer(&BUFFER);

static SECOND: MemBlocks<u32, 4> =
    __private::allocator(BOUND.shape(), BOUND.start(), &BITMAP, "SECOND", None); //~ ERROR

fn main() {}
