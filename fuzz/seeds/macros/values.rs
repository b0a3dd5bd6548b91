#[mem_blocks(align = <Board as Memory>::ALIGN)]
static QUALIFIED: <Board as Memory>::Pool;
#[mem_blocks(align = LINE << 1, uninit)]
static SHIFT: MemBlocks<[u8; { let a = 64; a }], 4>;
#[mem_blocks(align = if N < 8 { 4 } else { 8 })]
static CONDITION: Frames;
static BY_MACRO: pool!(a, b);
#[mem_blocks(align = match N { 4 => 16, _ => 8 })]
static MATCH: (MemBlocks<[u8; 64], 4>);
#[mem_blocks(align = size_of::<[u8; 64]>() as usize / 2)]
static CAST: MemBlocks<[u8; 64], N>;
#[mem_blocks(listener = trace::record, uninit)]
static LISTENED: Frames;
