// #[mem_blocks(colour, align = 3)]
// pub static POOL: MemBlocks<[u8; 64], 4> = MemBlocks::new();
// #[cfg(a)]
// static OTHER;
// fn function() {}

pub static POOL: MemBlocks<[u8; 64], 4> = {
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
    let _ = ::core::compile_error! {
        "the macro supplies the value; remove `= MemBlocks::new()`"
    };
    let _ = ::core::compile_error! {
        "unexpected option `colour`; expected one of `align`, `uninit`, `listener`, `crate`, `unsafe(section)`, `unsafe(buffer)`, `unsafe(address)`"
    };
    (::core::compile_error! {
        "`align` must be a power of two, found `3`"
    })
};
#[cfg(a)]
static OTHER: [(); ::core::compile_error! {
    "missing type of `OTHER`; write `OTHER: MemBlocks<T, N>`"
}] = { [] };
::core::compile_error! {
    "`define_mem_blocks!` holds `static` items, found `fn`; move it out"
}
fn function() {}
