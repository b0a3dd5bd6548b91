use mem_blocks::{MemBlocks, define_mem_blocks};

trait Number<const N: usize> {}

define_mem_blocks! {
    static VALUE: MemBlocks<[u8; 64], 2> = MemBlocks::new() //~ ERROR
    static A: MemBlocks<[u8; 64], 2>; //~ ERROR
    static NOTHING: MemBlocks<[u8; 64], 2> = //~ ERROR
    static B: MemBlocks<[u8; 64], 2>;
    static GENERIC<T: MemBlocks<[u8; 64], 2>; //~ ERROR
    static C: MemBlocks<[u8; 64], 2>;
    POOL: MemBlocks<[u8; 64], { 2 }>; //~ ERROR
    static D: MemBlocks<[u8; 64], 2>;
    impl Number<{ 2 + 2 }> for u8 {} //~ ERROR
    static E: MemBlocks<[u8; 64], 2>;
    struct S(u8) //~ ERROR
    static F: MemBlocks<[u8; 64], 2>;
    static JUNK unsafe: MemBlocks<[u8; 64], 2>; //~ ERROR
}

fn main() {
    let _ = (VALUE.raw(), NOTHING.raw(), GENERIC.raw(), POOL.raw(), JUNK.raw());
    let _ = (A.raw(), B.raw(), C.raw(), D.raw(), E.raw(), F.raw());
}
