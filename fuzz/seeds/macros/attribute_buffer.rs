#[mem_blocks(unsafe(buffer = memory::ALIGNED), align = 64)]
#[allow(dead_code)]
pub static FRAMES: MemBlocks<[u8; 64], N>;
