//! What allocators, groups and handles print: the exact text. With names, `tests/name.rs` has it.

#![cfg(not(feature = "name"))]

use core::fmt::{self, Write};
use core::mem::MaybeUninit;

use mem_blocks::{Block, Group, MemBlocks, Run, Scatter, bitmap_words, choose, mem_blocks};

#[test]
fn the_map_of_one_word_has_a_character_for_each_block() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 64], 8>;
    assert_eq!(
        format!("{POOL:?}"),
        "MemBlocks { block_size: 64, num_blocks: 8, used: 0, map: [........] }"
    );
    let _some = (POOL.claim(..2).unwrap(), POOL.claim(4..5).unwrap());
    assert_eq!(
        format!("{POOL:?}"),
        "MemBlocks { block_size: 64, num_blocks: 8, used: 3, map: [##..#...] }"
    );
    let _rest = (POOL.claim(2..4).unwrap(), POOL.claim(5..).unwrap());
    assert_eq!(
        format!("{:?}", POOL.raw()),
        "RawMemBlocks { block_size: 64, num_blocks: 8, used: 8, map: [########] }"
    );
}

#[test]
fn the_map_of_one_block_is_one_character() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 1>;
    assert_eq!(
        format!("{POOL:?}"),
        "MemBlocks { block_size: 2, num_blocks: 1, used: 0, map: [.] }"
    );
}

#[test]
fn the_map_of_a_full_word_is_not_divided() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 32>;
    let _last = POOL.claim(31..).unwrap();
    let map = "map: [...............................#]";
    assert_eq!(
        format!("{POOL:?}"),
        format!("MemBlocks {{ block_size: 1, num_blocks: 32, used: 1, {map} }}")
    );
    assert_eq!(
        format!("{POOL:#?}"),
        format!(
            "MemBlocks {{\n    block_size: 1,\n    num_blocks: 32,\n    used: 1,\n    {map},\n}}"
        )
    );
}

#[test]
fn the_map_of_several_words_has_a_space_between_them() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 70>;
    let _some = (POOL.claim(..1).unwrap(), POOL.claim(30..34).unwrap(), POOL.claim(69..).unwrap());
    assert_eq!(
        format!("{POOL:?}"),
        "MemBlocks { block_size: 4, num_blocks: 70, used: 6, map: [\
            #.............................## \
            ##.............................. \
            .....#] }"
    );
}

#[test]
fn the_map_of_several_words_has_a_line_for_each_where_it_is_printed_on_lines() {
    #[mem_blocks]
    static POOL: MemBlocks<u32, 33>;
    let _some = POOL.claim(31..).unwrap();
    let lines = "\
MemBlocks {
    block_size: 4,
    num_blocks: 33,
    used: 2,
    map: [
        ...............................#
        #
    ],
}";
    assert_eq!(format!("{POOL:#?}"), lines);
}

#[test]
fn words_of_the_summary_are_not_in_the_map() {
    const BLOCKS: usize = 1025;
    #[mem_blocks]
    static POOL: MemBlocks<u8, BLOCKS>;
    let _all = POOL.claim(..).unwrap();
    let text = format!("{POOL:?}");
    assert_eq!(text.matches('#').count(), BLOCKS);
    let map = text.split(['[', ']']).nth(1).unwrap();
    assert_eq!(map.split(' ').count(), bitmap_words(BLOCKS));
}

#[test]
fn count_and_map_of_one_word_are_of_one_moment() {
    #[mem_blocks]
    static POOL: MemBlocks<u8, 32>;

    /// Takes a block whenever it is given a piece of the text.
    struct Taking(String);

    impl fmt::Write for Taking {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.push_str(text);
            let _never_given_back = POOL.alloc().map(Block::leak);
            Ok(())
        }
    }

    let _one = POOL.claim(31..).unwrap();
    let mut text = Taking(String::new());
    write!(text, "{POOL:?}").unwrap();
    assert!(POOL.used() > 1);
    assert!(text.0.ends_with("used: 1, map: [...............................#] }"), "{}", text.0);
}

#[test]
fn a_group_prints_its_members() {
    #[mem_blocks]
    static SMALL: MemBlocks<[u8; 16], 4>;
    #[mem_blocks]
    static LARGE: MemBlocks<[u8; 256], 2>;
    static GROUP: Group<usize, 3> = Group::new([SMALL.raw(), LARGE.raw()], choose::smallest_fit);
    let _block = GROUP.alloc(&100).unwrap();
    assert_eq!(
        format!("{GROUP:?}"),
        "Group { members: [\
            RawMemBlocks { block_size: 16, num_blocks: 4, used: 0, map: [....] }, \
            RawMemBlocks { block_size: 256, num_blocks: 2, used: 1, map: [#.] }\
        ], .. }"
    );
}

#[test]
fn handles_print_their_values() {
    #[mem_blocks]
    static POOL: MemBlocks<u16, 8>;
    let uninit = POOL.alloc().unwrap();
    assert_eq!(format!("{uninit:?}"), format!("{:?}", MaybeUninit::<u16>::uninit()));
    let block = Block::write(uninit, 5);
    let run = Run::write_with(POOL.alloc_contiguous(2).unwrap(), |_| 6);
    let scatter = Scatter::write_with(POOL.alloc_scatter::<2>(2).unwrap(), |_| 7);
    assert_eq!(format!("{block:?} {run:?} {scatter:?}"), "5 [6, 6] [7, 7]");
}

#[test]
fn handles_of_a_group_print_where_their_bytes_are_and_how_many() {
    #[mem_blocks]
    static POOL: MemBlocks<[u8; 16], 4>;
    static GROUP: Group<usize, 1> = Group::new([POOL.raw()], choose::smallest_fit);
    let run = GROUP.alloc_contiguous(&1, 3).unwrap();
    let address = POOL.raw().buffer().cast::<u8>();
    assert_eq!(format!("{run:?}"), format!("GroupRun {{ address: {address:?}, bytes: 48, .. }}"));
    drop(run);
    let block = GROUP.alloc(&1).unwrap();
    assert_eq!(
        format!("{block:?}"),
        format!("GroupBlock {{ address: {address:?}, bytes: 16, .. }}")
    );
}
