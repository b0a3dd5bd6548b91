//! Every option, and every way to write its value.

use mem_blocks::{BlockBuffer, Event, MemBlocks, RawMemBlocks, define_mem_blocks, mem_blocks};

const LINE: usize = 32;
const SOME: Option<usize> = Some(16);

trait Aligned<A, B> {
    const ALIGN: usize;
}

struct Dma;

impl Aligned<u8, u16> for Dma {
    const ALIGN: usize = 64;
}

mod memory {
    use mem_blocks::BlockBuffer;

    pub(crate) static SHARED: BlockBuffer<[u8; 64], 4, 64> = BlockBuffer::new();
}

fn record(_: &RawMemBlocks, _: Event<'_>) {}

static PLAIN: BlockBuffer<u16, 3> = BlockBuffer::new();

define_mem_blocks! {
    #[mem_blocks()]
    static NONE: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = 32)]
    static LITERAL: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = 0x20_usize,)]
    static LITERAL_WITH_SUFFIX: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = LINE)]
    static NAMED: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = LINE << 1, uninit)]
    static SHIFT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = <Dma as Aligned<u8, u16>>::ALIGN, uninit)]
    static QUALIFIED: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = size_of::<[u8; 64]>() / 2)]
    static GENERIC_CALL: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = { let line = LINE; line * 2 })]
    static BLOCK: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = if LINE < 64 { 64 } else { LINE }, uninit)]
    static CONDITION: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = match LINE { 32 => 16, _ => 8 })]
    static MATCH: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = 64_u8 as usize, uninit)]
    static CAST: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = if let Some(align) = SOME { align } else { 8 }, uninit)]
    static PATTERN: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = *&mut 16, uninit)]
    #[allow(clippy::deref_addrof)]
    static MUTABLE: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = (8 + 8))]
    static PARENTHESES: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(align = 16_384)]
    #[cfg(not(windows))]
    static LARGE: MemBlocks<[u8; 16_384], 1>;
    #[mem_blocks(align = 1)]
    static BYTES: MemBlocks<[u8; 3], 4>;
    #[mem_blocks(uninit)]
    static UNINIT: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(section = ".sram2.frames"))]
    static SECTION: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(section = ".sram2"), align = 64)]
    #[allow(non_upper_case_globals)]
    static r#type: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(buffer = memory::SHARED), align = 64)]
    static BUFFER: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(buffer = PLAIN))]
    static PLAIN_BUFFER: MemBlocks<u16, 3>;
    #[mem_blocks(unsafe(address = 0x2000_0000), align = 64)]
    static ADDRESS: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(address = 0x2000_0000 + LINE * 2), crate = ::mem_blocks)]
    static COMPUTED_ADDRESS: MemBlocks<u32, 4>;
    #[mem_blocks(unsafe(address = 0x2000_0001), align = 1)]
    static ODD_ADDRESS: MemBlocks<u8, 4>;
    #[mem_blocks(unsafe(address = usize::MAX - 128), align = 1)]
    static LAST_ADDRESS: MemBlocks<[u8; 64], 2>;
    #[mem_blocks(listener = record)]
    static LISTENED: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(crate = mem_blocks)]
    static RUNTIME: MemBlocks<[u8; 64], 4>;
}

#[mem_blocks(align = 16, listener = record, unsafe(section = ".sram2"), crate = ::mem_blocks)]
static SEVERAL: MemBlocks<[u8; 64], 4>;

fn start<T, const N: usize>(pool: &'static MemBlocks<T, N>) -> usize {
    pool.raw().buffer().cast::<u8>().addr()
}

#[test]
fn align_holds_for_every_block() {
    let pools =
        [(&LITERAL, 32), (&LITERAL_WITH_SUFFIX, 32), (&NAMED, 32), (&SHIFT, 64), (&QUALIFIED, 64)];
    for (pool, align) in pools {
        let blocks = pool.alloc_array::<4>().expect("a new allocator should have all its blocks");
        assert!(blocks.iter().all(|block| block.as_ptr().addr() % align == 0));
    }
}

#[test]
fn align_is_any_constant_expression() {
    assert_eq!(start(&GENERIC_CALL) % 32, 0);
    assert_eq!(start(&BLOCK) % 64, 0);
    assert_eq!(start(&CONDITION) % 64, 0);
    assert_eq!(start(&MATCH) % 16, 0);
    assert_eq!(start(&CAST) % 64, 0);
    for pool in [&PATTERN, &MUTABLE, &PARENTHESES] {
        assert_eq!(start(pool) % 16, 0);
    }
}

#[test]
#[cfg(not(windows))]
fn align_is_as_large_as_an_object_file_can_say() {
    assert_eq!(start(&LARGE) % 16_384, 0);
}

#[test]
fn without_align_the_buffer_starts_on_a_word() {
    assert_eq!(start(&NONE) % 4, 0);
    assert_eq!(BYTES.raw().buffer().len(), 12);
}

#[test]
fn sections_are_ignored_where_an_operating_system_is() {
    for pool in [&UNINIT, &SECTION, &r#type, &SEVERAL, &LISTENED, &RUNTIME] {
        let mut block = pool.alloc_zeroed().expect("a new allocator should have a block");
        block[63] = 1;
        assert_eq!(block[63], 1);
    }
}

#[test]
fn buffer_is_the_named_static() {
    assert_eq!(start(&BUFFER), memory::SHARED.as_ptr().addr());
    assert_eq!(start(&PLAIN_BUFFER), PLAIN.as_ptr().addr());
    assert_eq!(PLAIN_BUFFER.available(), 3);
}

#[test]
fn address_is_the_written_one() {
    assert_eq!(start(&ADDRESS), 0x2000_0000);
    assert_eq!(start(&COMPUTED_ADDRESS), 0x2000_0040);
    assert_eq!(start(&ODD_ADDRESS), 0x2000_0001);
    assert_eq!(start(&LAST_ADDRESS), usize::MAX - 128);
}
