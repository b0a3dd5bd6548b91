use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

const LINE: usize = 24;

macro_rules! pool {
    ($name:ident: $ty:ty, $align:expr) => {
        #[mem_blocks(align = $align)]
        static $name: $ty;
    };
}

macro_rules! pools {
    ($($name:ident: $block:ty, $count:expr, $section:literal;)*) => {
        define_mem_blocks! {
            $(
                #[mem_blocks(unsafe(section = $section))]
                static $name: MemBlocks<$block, { $count }>;
            )*
        }
    };
}

macro_rules! listened {
    ($name:ident, $listener:path) => {
        #[mem_blocks(listener = $listener)]
        static $name: MemBlocks<[u8; 64], 4>;
    };
}

pool!(LITERAL: MemBlocks<[u8; 64], 4>, 3); //~ ERROR
pool!(CONSTANT: MemBlocks<[u8; 64], 4>, LINE); //~ ERROR
pool!(TYPE: [u8; 64], 1); //~ ERROR
pools! {
    SECTION: [u8; 64], 4, ""; //~ ERROR
    NUMBER: [u8; 64], 0, ".sram2"; //~ ERROR
    BLOCK: (), 4, ".sram2"; //~ ERROR
}

listened!(NUMBER_LISTENS, LINE); //~ ERROR
listened!(NOBODY_LISTENS, trace::record); //~ ERROR
listened!(TYPE_LISTENS, Listener::<4>); //~ ERROR

// The macro of another crate.
mem_blocks_hal::pool_with!(FOREIGN: MemBlocks<[u8; 64], 4>, align = 48); //~ ERROR
mem_blocks_hal::dma_pool!(DMA: MemBlocks<[u8; 64], 4>, align = 32, section = "a\0"); //~ ERROR

fn main() {
    let _ = (LITERAL.raw(), CONSTANT.raw(), TYPE.raw(), FOREIGN.raw(), DMA.raw());
    let _ = (NUMBER_LISTENS.raw(), NOBODY_LISTENS.raw(), TYPE_LISTENS.raw());
    let _ = (SECTION.raw(), NUMBER.raw(), BLOCK.raw());
}
