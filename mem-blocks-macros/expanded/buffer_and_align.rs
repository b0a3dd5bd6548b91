// #[mem_blocks(unsafe(buffer = memory::BUFFER), align = 32)]
// static POOL: MemBlocks<[u8; 64], 4>;

static POOL: MemBlocks<[u8; 64], 4> = {
    use ::mem_blocks::__private as __mem_blocks;
    const __MEM_BLOCKS_BUFFER: __mem_blocks::UserBuffer = __mem_blocks::type_of(|| {
            &r#POOL
        })
        .buffer(&memory::BUFFER);
    const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape = __MEM_BLOCKS_BUFFER.shape();
    const __MEM_BLOCKS_CHECK_BLOCK: () = __mem_blocks::check_block(
        __MEM_BLOCKS_SHAPE,
        "[u8; 64]",
    );
    const __MEM_BLOCKS_CHECK_BLOCKS: () = {
        __mem_blocks::check_number(__MEM_BLOCKS_SHAPE, "4");
        __mem_blocks::check_buffer(__MEM_BLOCKS_SHAPE, "MemBlocks<[u8; 64], 4>");
    };
    const __MEM_BLOCKS_ALIGN: ::core::primitive::usize = 32;
    const __MEM_BLOCKS_CHECK_ALIGN: () = __mem_blocks::check_buffer_align(
        __MEM_BLOCKS_BUFFER,
        __MEM_BLOCKS_ALIGN,
        "32",
    );
    static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
        { __MEM_BLOCKS_SHAPE.bitmap_words() },
    > = __mem_blocks::Bitmap::new();
    unsafe {
        __mem_blocks::allocator(
            __MEM_BLOCKS_SHAPE,
            __MEM_BLOCKS_BUFFER.start(),
            &__MEM_BLOCKS_BITMAP,
            "POOL",
            ::core::option::Option::None,
        )
    }
};
