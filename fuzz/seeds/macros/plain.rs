/// Private to this module.
static SCRATCH: MemBlocks<[u8; 64], 4>;

#[mem_blocks(align = LINE, uninit)]
pub(crate) static FRAMES: MemBlocks<[u8; 64], { 2 * N }>;
