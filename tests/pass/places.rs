//! Where an allocator can be defined, and who sees it.

use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

#[mem_blocks]
static AT_FILE_SCOPE: MemBlocks<[u8; 16], 2>;

define_mem_blocks! {
    static FIRST_OF_TWO: MemBlocks<[u8; 16], 2>;
    static SECOND_OF_TWO: MemBlocks<[u8; 16], 3>;
}

define_mem_blocks! {}

mod outer {
    pub(crate) mod inner {
        use mem_blocks::{MemBlocks, define_mem_blocks};

        define_mem_blocks! {
            #[allow(unreachable_pub)]
            pub static PUBLIC: MemBlocks<u32, 1>;
            pub(crate) static IN_CRATE: MemBlocks<u32, 2>;
            pub(in crate::outer) static IN_OUTER: MemBlocks<u32, 3>;
            static PRIVATE: MemBlocks<u32, 4>;
        }

        pub(crate) fn private_blocks() -> usize {
            PRIVATE.available()
        }
    }

    pub(crate) fn blocks_in_outer() -> usize {
        inner::IN_OUTER.available()
    }
}

struct Driver;

impl Driver {
    fn blocks() -> usize {
        #[mem_blocks(align = 8)]
        static POOL: MemBlocks<[u8; 16], 5>;
        POOL.available()
    }
}

#[test]
fn file_scope() {
    assert_eq!(AT_FILE_SCOPE.available(), 2);
    assert_eq!(FIRST_OF_TWO.available(), 2);
    assert_eq!(SECOND_OF_TWO.available(), 3);
}

#[test]
fn module_scope_with_every_visibility() {
    assert_eq!(outer::inner::PUBLIC.available(), 1);
    assert_eq!(outer::inner::IN_CRATE.available(), 2);
    assert_eq!(outer::blocks_in_outer(), 3);
    assert_eq!(outer::inner::private_blocks(), 4);
}

#[test]
fn function_scope_with_the_attribute() {
    const COUNT: usize = 3;
    #[mem_blocks(align = 2 * COUNT - 2)]
    static POOL: MemBlocks<[u8; 16], COUNT>;
    let block = POOL.alloc().expect("a new allocator should have a block");
    assert_eq!(POOL.available(), COUNT - 1);
    drop(block);
}

#[test]
fn function_scope_with_the_list() {
    define_mem_blocks! {
        static POOL: MemBlocks<[u8; 16], 2>;
        #[mem_blocks(uninit)]
        static OTHER: MemBlocks<[u8; 16], 3>;
    }
    assert_eq!(POOL.available() + OTHER.available(), 5);
}

#[test]
fn method_scope() {
    assert_eq!(Driver::blocks(), 5);
}

#[test]
fn same_name_in_two_functions_is_two_allocators() {
    fn first() -> &'static mem_blocks::RawMemBlocks {
        #[mem_blocks(uninit)]
        static POOL: MemBlocks<[u8; 16], 2>;
        POOL.raw()
    }
    fn second() -> &'static mem_blocks::RawMemBlocks {
        #[mem_blocks(uninit)]
        static POOL: MemBlocks<[u8; 16], 2>;
        POOL.raw()
    }
    assert_ne!(first().buffer().cast::<u8>(), second().buffer().cast::<u8>());
}
