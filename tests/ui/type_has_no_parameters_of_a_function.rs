use mem_blocks::{MemBlocks, mem_blocks};

fn pool<T: Send, const SIZE: usize>() {
    #[mem_blocks]
    static VALUES: MemBlocks<T, 4>; //~ ERROR
    #[mem_blocks(align = 4)]
    static BYTES: MemBlocks<[u8; SIZE], 4>; //~ ERROR
    let _ = (VALUES.raw(), BYTES.raw());
}

fn main() {
    pool::<u8, 64>();
}
