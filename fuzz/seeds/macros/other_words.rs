static größe: MemBlocks<u8, 0b100>;
static 数: MemBlocks<[u16; 0x2_0], 1_000usize>;
static _UNUSED: MemBlocks<fn(&'static [u8; 4 >> 1]) -> Option<u8>, 4>;
