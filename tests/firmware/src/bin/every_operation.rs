//! One pool: every operation.

#![no_std]
#![no_main]

firmware::size_program! { every_operation:
    static POOL: MemBlocks<[u32; 16], 32>;
}
