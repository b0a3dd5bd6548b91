#[cfg_attr(all(), mem_blocks(uninit))]
#[cfg_attr(any(), mem_blocks(align = 4), inline)]
static POOL: MemBlocks<[u8; 64], 4>;

#[cfg(any())]
#[expect(dead_code, reason = "for the next board")]
static SPARE: Unknown;
