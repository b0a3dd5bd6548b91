use mem_blocks::{BlockBuffer, MemBlocks, define_mem_blocks};

static BUFFER: BlockBuffer<[u8; 64], 4> = BlockBuffer::new();

define_mem_blocks! {
    #[mem_blocks(uninit, unsafe(section = ".sram2"))] //~ ERROR
    static A: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(buffer = BUFFER), uninit)] //~ ERROR
    static B: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(uninit, unsafe(address = 0x2000_0000))] //~ ERROR
    static C: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(section = ".sram2", buffer = BUFFER))] //~ ERROR
    static D: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(section = ".sram2"), unsafe(address = 0x2000_0000))] //~ ERROR
    static E: MemBlocks<[u8; 64], 4>;
    #[mem_blocks(unsafe(buffer = BUFFER, address = 0x2000_0000))] //~ ERROR
    static F: MemBlocks<[u8; 64], 4>;
}

fn main() {
    let _ = (A.raw(), B.raw(), C.raw(), D.raw(), E.raw(), F.raw());
}
