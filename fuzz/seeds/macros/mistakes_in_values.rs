#[mem_blocks(align = LINE * 3)]
static A: MemBlocks<[u8; 64], 4>;
#[mem_blocks(align = 128)]
static B: MemBlocks<[u8; 64], 4>;
#[mem_blocks(unsafe(address = LINE + 1))]
static C: MemBlocks<u32, 4>;
#[mem_blocks(unsafe(buffer = memory::UNKNOWN))]
static D: MemBlocks<u32, { N - 4 }>;
#[mem_blocks(unsafe(buffer = BUFFER), align = 64)]
static E: MemBlocks<[u8; 64], 5>;
static F: Unknown;
static G: MemBlocks<[u8; usize::MAX / 4], 4>;
