use mem_blocks::{MemBlocks, define_mem_blocks};

define_mem_blocks! {
    static ARRAY: [MemBlocks<[u8; 64], 4>; 2]; //~ ERROR
    static FUNCTION: fn() -> MemBlocks<[u8; 64], 4>; //~ ERROR
    static IMPL: impl Sync; //~ ERROR
    static NEVER: !; //~ ERROR
    static PARENTHESES: (&'static MemBlocks<[u8; 64], 4>); //~ ERROR
    static PLACEHOLDER: _; //~ ERROR
    static POINTER: *const MemBlocks<[u8; 64], 4>; //~ ERROR
    static REFERENCE: &'static MemBlocks<[u8; 64], 4>; //~ ERROR
    static SLICE: [MemBlocks<[u8; 64], 4>]; //~ ERROR
    static TRAIT_OBJECT: dyn Sync; //~ ERROR
    static TUPLE: (MemBlocks<[u8; 64], 4>, u8); //~ ERROR
}

fn main() {
    let _ = (ARRAY.raw(), FUNCTION.raw(), IMPL.raw(), NEVER.raw(), PARENTHESES.raw());
    let _ = (PLACEHOLDER.raw(), POINTER.raw(), REFERENCE.raw(), SLICE.raw());
    let _ = (TRAIT_OBJECT.raw(), TUPLE.raw());
}
