//! One pool of more blocks than a word has bits: every operation.

#![no_std]
#![no_main]

firmware::size_program! { every_operation:
    // Not run, so this need not be memory.
    #[mem_blocks(unsafe(section = ".nowhere"))]
    static POOL: MemBlocks<[u32; 16], 1024>;
}
