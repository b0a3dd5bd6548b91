// #[expect(dead_code, reason = "for the next board")]
// #[cfg(feature = "spare")]
// #[deprecated]
// static SPARE: Frames;

#[allow(dead_code, reason = "for the next board")]
#[cfg(feature = "spare")]
#[deprecated]
static SPARE: Frames = {
    use ::mem_blocks::__private as __mem_blocks;
    const __MEM_BLOCKS_SHAPE: __mem_blocks::Shape = __mem_blocks::type_of(|| &r#SPARE)
        .shape();
    const __MEM_BLOCKS_CHECK_BLOCK: () = __mem_blocks::check_block(
        __MEM_BLOCKS_SHAPE,
        "Frames",
    );
    const __MEM_BLOCKS_CHECK_BLOCKS: () = {
        __mem_blocks::check_number(__MEM_BLOCKS_SHAPE, "Frames");
        __mem_blocks::check_buffer(__MEM_BLOCKS_SHAPE, "Frames");
    };
    static __MEM_BLOCKS_BUFFER: __mem_blocks::BlockBuffer<
        ::core::primitive::u8,
        { __MEM_BLOCKS_SHAPE.buffer_size() },
        { __MEM_BLOCKS_SHAPE.buffer_align(__mem_blocks::Align::Default) },
    > = __mem_blocks::BlockBuffer::new();
    static __MEM_BLOCKS_BITMAP: __mem_blocks::Bitmap<
        { __MEM_BLOCKS_SHAPE.bitmap_words() },
    > = __mem_blocks::Bitmap::new();
    unsafe {
        __mem_blocks::allocator(
            __MEM_BLOCKS_SHAPE,
            __mem_blocks::start(&__MEM_BLOCKS_BUFFER),
            &__MEM_BLOCKS_BITMAP,
            "SPARE",
            ::core::option::Option::None,
        )
    }
};
