static mut A: MemBlocks<u8, 4>;
const B: MemBlocks<u8, 4>;
static C: MemBlocks<u8, 4> = MemBlocks::new();
static D<T>: MemBlocks<T, 4>;
static E = MemBlocks<u8, 4>;
static F: MemBlocks<[u8; _], 18446744073709551616>;
static G: &'static MemBlocks<u8, 4>,
static H: MemBlocks<u8, 4
pub(a) static I;
fn function() {}
unsafe static J: MemBlocks<u8, -1>;
