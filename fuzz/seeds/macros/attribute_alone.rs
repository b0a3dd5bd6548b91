#[mem_blocks]
static POOL: MemBlocks<u8, 100>;
