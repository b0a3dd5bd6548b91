#[mem_blocks(align = 32, unsafe(section = ".sram2"))]
pub static FRAMES: MemBlocks<[u8; 1536], 8>;
