#[mem_blocks(unsafe(buffer = BUFFER))]
static BY_NAME: MemBlocks<[u8; 64], 4>;
#[mem_blocks(unsafe(address = 0x2000_0000 + LINE * 2), align = 64)]
static BY_ADDRESS: MemBlocks<[u8; 64], 4>;
#[mem_blocks(unsafe(section = ".a", ), crate = ::mem_blocks,)]
static BY_SECTION: ::mem_blocks::MemBlocks<Descriptor, 1>;
#[mem_blocks(uninit)]
static r#type: Frames;
