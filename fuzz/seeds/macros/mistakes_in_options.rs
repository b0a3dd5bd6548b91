#[mem_blocks(colour, align = 3, uninit = 4, section = ".a", unsafe(buffer = 4, address), unsafe(), align(8))]
static POOL: MemBlocks<[u8; 64], 4>;
#[mem_blocks(listener = |a, b| {}, algin = 4 uninit unsafe(unsafe(section = "")), crate = 4,, = 5)]
static OTHER: MemBlocks<[u8; 64], 4>;
#[mem_blocks = 4]
static LAST: MemBlocks<[u8; 64], 4>;
