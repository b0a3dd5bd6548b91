//! The macro chapter of the Rust API Guidelines, a test for each of its rules.
//!
//! Where a rule is about what the compiler says, it is denied here: the test is that this compiles.
#![deny(
    dead_code,
    deprecated,
    missing_docs,
    non_upper_case_globals,
    unfulfilled_lint_expectations,
    unreachable_pub
)]

use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

/// C-EVOCATIVE: "input syntax is evocative of the output". What is written is what there is
/// afterwards: a `static` of that name, visibility and type, in the scope and for the paths of any
/// other.
#[test]
fn c_evocative() {
    mod written {
        use mem_blocks::{MemBlocks, define_mem_blocks};

        define_mem_blocks! {
            pub(super) static POOL: MemBlocks<[u8; 16], 4>;
        }
    }
    static REFERENCE: &MemBlocks<[u8; 16], 4> = &written::POOL;
    const fn name(pool: &'static MemBlocks<[u8; 16], 4>) -> &'static mem_blocks::RawMemBlocks {
        pool.raw()
    }
    static RAW: &mem_blocks::RawMemBlocks = name(&written::POOL);
    assert_eq!(REFERENCE.available(), 4);
    assert_eq!(RAW.num_blocks(), 4);
}

/// Documented, which `missing_docs` wants of what is public.
#[mem_blocks]
pub static DOCUMENTED: MemBlocks<[u8; 16], 1>;

/// C-MACRO-ATTR: "item macros compose well with attributes". They stay on the item, whatever they
/// are and wherever they stand: `cfg`, lints, documentation.
#[test]
fn c_macro_attr() {
    define_mem_blocks! {
        #[cfg(not(any()))]
        static PRESENT: MemBlocks<[u8; 16], 1>;
        #[cfg(any())]
        static PRESENT: MemBlocks<DoesNotExist, 2>;
        #[mem_blocks(align = 8)]
        #[expect(non_upper_case_globals)]
        static expected: MemBlocks<[u8; 16], 4>;
        #[expect(dead_code)]
        #[mem_blocks(uninit)]
        static UNUSED: MemBlocks<[u8; 16], 8>;
        #[expect(unused)]
        static UNUSED_TOO: MemBlocks<[u8; 16], 8>;
        #[cfg_attr(all(), expect(dead_code))]
        static UNUSED_AS_WELL: MemBlocks<[u8; 16], 8>;
    }

    #[expect(non_upper_case_globals)]
    #[mem_blocks(align = 8)]
    #[doc = concat!("Documented", ".")]
    static before: MemBlocks<[u8; 16], 16>;

    #[mem_blocks]
    #[deprecated = "for the test"]
    static OLD: MemBlocks<[u8; 16], 32>;
    #[expect(deprecated)]
    let old = OLD.available();

    assert_eq!(DOCUMENTED.available(), 1);
    let others = PRESENT.available() + expected.available() + before.available();
    assert_eq!(others + old, 1 + 4 + 16 + 32);
}

#[mem_blocks]
static AT_FILE_SCOPE: MemBlocks<[u8; 16], 64>;

/// C-ANYWHERE: "item macros work anywhere that items are allowed": at file and at module scope, and
/// in the smallest scope of a function.
mod c_anywhere {
    use super::{MemBlocks, define_mem_blocks, mem_blocks};

    #[mem_blocks]
    static ATTRIBUTE: MemBlocks<[u8; 16], 1>;
    define_mem_blocks! {
        static LISTED: MemBlocks<[u8; 16], 2>;
    }

    trait Driver {
        fn blocks(&self) -> usize {
            #[mem_blocks]
            static POOL: MemBlocks<[u8; 16], 4>;
            POOL.available()
        }
    }

    impl Driver for () {}

    /// Statics are not generic, but the functions around them can be.
    fn generic<T>(_: T) -> usize {
        define_mem_blocks! {
            static POOL: MemBlocks<[u8; 16], 8>;
        }
        POOL.available()
    }

    #[test]
    fn c_anywhere() {
        assert_eq!(super::AT_FILE_SCOPE.available(), 64);
        assert_eq!(ATTRIBUTE.available() + LISTED.available(), 3);
        assert_eq!(().blocks() + generic(1_u8), 12);
        let closure = || {
            #[mem_blocks(align = 4)]
            static POOL: MemBlocks<[u8; 16], 16>;
            if POOL.available() == 16 {
                #[mem_blocks(align = 4)]
                static POOL: MemBlocks<[u8; 16], 32>;
                return POOL.available();
            }
            0
        };
        assert_eq!(closure(), 32);
    }
}

/// C-MACRO-VIS: "item macros support visibility specifiers". Private by default, public if `pub` is
/// written: `unreachable_pub` would find a `pub` that is not. That a private one cannot be reached is
/// `ui/allocator_is_private_unless_pub.rs`.
mod c_macro_vis {
    mod inner {
        use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

        define_mem_blocks! {
            static PRIVATE: MemBlocks<[u8; 16], 1>;
            pub(super) static FOR_SUPER: MemBlocks<[u8; 16], 2>;
            pub(in super::super) static FOR_PATH: MemBlocks<[u8; 16], 4>;
            pub(crate) static FOR_CRATE: MemBlocks<[u8; 16], 8>;
        }

        #[mem_blocks]
        #[expect(unreachable_pub)]
        pub static PUBLIC: MemBlocks<[u8; 16], 16>;

        pub(super) fn private() -> usize {
            PRIVATE.available()
        }
    }

    #[test]
    fn c_macro_vis() {
        let others = inner::FOR_SUPER.available() + inner::FOR_PATH.available();
        let public = inner::FOR_CRATE.available() + inner::PUBLIC.available();
        assert_eq!(inner::private() + others + public, 31);
    }
}

/// C-MACRO-TY: "type fragments are flexible": primitives, relative, absolute and upward paths,
/// generics, where the type comes from another macro.
mod c_macro_ty {
    use super::{MemBlocks, define_mem_blocks, mem_blocks};

    pub(crate) type Frame = [u8; 16];

    mod relative {
        pub(crate) struct Data<T>(pub(crate) T);
    }

    macro_rules! of_blocks {
        ($($name:ident: $block:ty;)*) => {
            define_mem_blocks! { $(static $name: MemBlocks<$block, 4>;)* }
        };
    }

    macro_rules! of_type {
        ($name:ident: $pool:ty) => {
            #[mem_blocks(align = 1)]
            static $name: $pool;
        };
    }

    of_blocks! {
        PRIMITIVE: u32;
        REFERENCE: &'static str;
        RELATIVE: relative::Data<u16>;
        ABSOLUTE: ::core::num::NonZeroU8;
        UPWARD: super::c_macro_ty::Frame;
        GENERIC: Option<relative::Data<Frame>>;
    }
    of_type!(WHOLE: MemBlocks<u8, 4>);
    of_type!(WHOLE_ABSOLUTE: ::mem_blocks::MemBlocks<[u8; 3], 4>);
    of_type!(WHOLE_UPWARD: super::MemBlocks<super::c_macro_ty::Frame, 4>);

    #[test]
    fn c_macro_ty() {
        assert_eq!(PRIMITIVE.raw().block_size() + RELATIVE.raw().block_size(), 4 + 2);
        assert_eq!(ABSOLUTE.raw().block_size() + UPWARD.raw().block_size(), 1 + 16);
        let text = REFERENCE.alloc_with(|| "text").expect("a new allocator should have a block");
        assert_eq!(*text, "text");
        let data = GENERIC.alloc_with(|| Some(relative::Data([7; 16])));
        let data = data.expect("a new allocator should have a block");
        assert_eq!(data.as_ref().map(|data| data.0[15]), Some(7));
        assert_eq!(WHOLE.available() + WHOLE_ABSOLUTE.available() + WHOLE_UPWARD.available(), 12);
    }
}
