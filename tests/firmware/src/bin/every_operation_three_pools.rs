//! Three pools of different types: every operation.

#![no_std]
#![no_main]

firmware::size_program! { every_operation:
    static POOL: MemBlocks<[u32; 16], 32>;
    static WORDS: MemBlocks<[u32; 3], 20>;
    // Not run, so this need not be memory.
    #[mem_blocks(unsafe(section = ".nowhere"))]
    static FRAMES: MemBlocks<[u32; 384], 8>;
}
