//! The feature `name`: what an allocator is called.

use std::mem::MaybeUninit;

use mem_blocks::{Bitmap, Group, MemBlocks, choose, define_mem_blocks, mem_blocks};
use static_cell::{ConstStaticCell, StaticCell};

mod frames {
    use super::{MemBlocks, mem_blocks};

    #[expect(non_upper_case_globals, reason = "a name that is a keyword")]
    #[mem_blocks]
    pub(super) static r#static: MemBlocks<u32, 2>;
}

define_mem_blocks! {
    static SMALL: MemBlocks<[u8; 8], 4>;
    static LARGE: MemBlocks<[u8; 8], 64>;
}

#[test]
fn an_allocator_has_the_name_of_its_static() {
    #[mem_blocks]
    static IN_A_FUNCTION: MemBlocks<u32, 2>;
    assert_eq!(SMALL.name(), Some("SMALL"));
    assert_eq!(LARGE.raw().name(), Some("LARGE"));
    assert_eq!(IN_A_FUNCTION.name(), Some("IN_A_FUNCTION"));
    assert_eq!(frames::r#static.name(), Some("static"));
}

#[test]
fn members_of_a_group_are_listed_by_their_names() {
    static GROUP: Group<usize, 2> = Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit);
    let names = GROUP.members().iter().map(|member| member.name());
    assert!(names.eq([Some("SMALL"), Some("LARGE")]));
}

#[test]
fn one_that_is_built_at_run_time_has_none() {
    static BUFFER: ConstStaticCell<[MaybeUninit<u32>; 2]> =
        ConstStaticCell::new([MaybeUninit::uninit(); 2]);
    static BITMAP: ConstStaticCell<Bitmap<1>> = ConstStaticCell::new(Bitmap::new());
    static POOL: StaticCell<MemBlocks<u32, 2>> = StaticCell::new();
    let pool: &'static _ = POOL.init(MemBlocks::new(BUFFER.take(), BITMAP.take()));
    assert_eq!(pool.name(), None);
}

#[test]
fn names_are_printed() {
    #[mem_blocks]
    static FRAMES: MemBlocks<[u8; 16], 4>;
    static GROUP: Group<usize, 1> = Group::new([FRAMES.raw()], choose::smallest_fit);
    let _block = GROUP.alloc(&1).unwrap();
    let fields = "name: \"FRAMES\", block_size: 16, num_blocks: 4, used: 1, map: [#...] }";
    assert_eq!(format!("{FRAMES:?}"), format!("MemBlocks {{ {fields}"));
    assert_eq!(
        format!("{GROUP:?}"),
        format!("Group {{ members: [RawMemBlocks {{ {fields}], .. }}")
    );
}
