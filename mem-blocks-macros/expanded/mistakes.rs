// #[mem_blocks(colour)]
// pub static POOL: MemBlocks<[u8; 64], 4> = MemBlocks::new();
// #[cfg(a)]
// static OTHER;
// fn function() {}

pub static POOL: MemBlocks<[u8; 64], 4> = {
    let _ = ::core::compile_error! {
        "the macro supplies the value; remove `= MemBlocks::new()`"
    };
    (::core::compile_error! {
        "unexpected option `colour`; expected one of `align`, `uninit`, `crate`, `unsafe(section)`, `unsafe(buffer)`, `unsafe(address)`"
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
