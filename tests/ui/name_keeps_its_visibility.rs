mod inner {
    use mem_blocks::{MemBlocks, define_mem_blocks};

    define_mem_blocks! {
        #[mem_blocks(colour)] //~ ERROR
        pub(crate) static VISIBLE: MemBlocks<[u8; 64], 4>;
        #[mem_blocks(colour)] //~ ERROR
        static PRIVATE: MemBlocks<[u8; 64], 4>;
    }
}

fn main() {
    let _ = inner::VISIBLE.raw();
    let _ = inner::PRIVATE.raw(); //~ ERROR
}
