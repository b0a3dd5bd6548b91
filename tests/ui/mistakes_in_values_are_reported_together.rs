use mem_blocks::{BlockBuffer, MemBlocks, mem_blocks};

const LINE: usize = 24;
static BUFFER: BlockBuffer<(), 4> = BlockBuffer::new();

#[mem_blocks(align = LINE)] //~ ERROR
static OWN: MemBlocks<[u8; 64], 0>; //~ ERROR

#[mem_blocks(align = LINE, unsafe(buffer = BUFFER))] //~ ERROR
static EXTERNAL: MemBlocks<(), 4>; //~ ERROR

#[mem_blocks(
    align = LINE, //~ ERROR
    unsafe(address = 0), //~ ERROR
    listener = LINE //~ ERROR
)]
static FIXED: MemBlocks<(), 4>; //~ ERROR

#[mem_blocks(unsafe(section = ".sram2"))]
static BOTH: MemBlocks<(), 0>; //~ ERROR x2

fn main() {
    let _ = BOTH.raw();
    let _ = (OWN.raw(), EXTERNAL.raw(), FIXED.raw());
}
