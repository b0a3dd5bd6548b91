// #[mem_blocks(unsafe(address = BASE + 4))]
// static POOL: MemBlocks<[u8; 64], 4>;

static POOL: MemBlocks<[u8; 64], 4> = {
    use ::mem_blocks::__private as __mem_blocks;
    const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape = __mem_blocks::type_of(|| &r#POOL)
        .shape();
    const __MEM_BLOCKS_CHECK_BLOCK: () = __mem_blocks::check_block(
        __MEM_BLOCKS_SHAPE,
        "[u8; 64]",
    );
    const __MEM_BLOCKS_CHECK_BLOCKS: () = {
        __mem_blocks::check_number(__MEM_BLOCKS_SHAPE, "4");
        __mem_blocks::check_buffer(__MEM_BLOCKS_SHAPE, "MemBlocks<[u8; 64], 4>");
    };
    const __MEM_BLOCKS_ADDRESS: ::core::primitive::usize = BASE + 4;
    const __MEM_BLOCKS_CHECK_ADDRESS: () = __mem_blocks::check_address(
        __MEM_BLOCKS_SHAPE,
        __mem_blocks::Align::Default,
        __MEM_BLOCKS_ADDRESS,
        "BASE + 4",
    );
    static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
        { __MEM_BLOCKS_SHAPE.bitmap_words() },
    > = __mem_blocks::Bitmap::new();
    unsafe {
        __mem_blocks::allocator(
            __MEM_BLOCKS_SHAPE,
            __mem_blocks::at(__MEM_BLOCKS_ADDRESS),
            &__MEM_BLOCKS_BITMAP,
            "POOL",
            ::core::option::Option::None,
        )
    }
};
