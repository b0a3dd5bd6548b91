mod driver {
    use mem_blocks::{MemBlocks, mem_blocks};

    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 4>;

    pub(crate) fn available() -> usize {
        POOL.available()
    }
}

fn main() {
    let _ = (driver::available(), driver::POOL.available()); //~ ERROR
}
