//! One pool: a block allocated and freed.

#![no_std]
#![no_main]

firmware::size_program! { one_block:
    static POOL: MemBlocks<[u32; 16], 32>;
}
