//! How the type of an allocator can be written.

#![allow(clippy::redundant_pattern_matching)]

use std::marker::PhantomData;

use mem_blocks::{MemBlocks, define_mem_blocks, mem_blocks};

const CHANNELS: usize = 3;
const IS_LARGE: bool = true;

#[derive(Debug)]
struct Descriptor {
    _words: [u32; 4],
}

type Frames = MemBlocks<[u8; 1536], 8>;
type Of<T> = MemBlocks<T, { 2 * CHANNELS }>;

struct Generic<T, const N: usize>(PhantomData<T>, [u8; N]);

trait Board {
    type Pool;
    const BLOCKS: usize;
}

struct Nucleo;

impl Board for Nucleo {
    type Pool = MemBlocks<[u8; 32], { Self::BLOCKS }>;
    const BLOCKS: usize = 7;
}

struct Tag<const N: u128>(#[expect(dead_code)] u8);
struct Level<const N: i8>(#[expect(dead_code)] u8);

macro_rules! pool_type {
    (_) => { MemBlocks<u8, 2> };
}

const fn blocks() -> usize {
    5
}

define_mem_blocks! {
    static ALIAS: Frames;
    static GENERIC_ALIAS: Of<Descriptor>;
    static ABSOLUTE_PATH: ::mem_blocks::MemBlocks<u64, 1>;
    static ASSOCIATED: <Nucleo as Board>::Pool;
    static CONST_NAME: MemBlocks<Descriptor, CHANNELS>;
    static CONST_BLOCK: MemBlocks<Descriptor, { 2 * CHANNELS }>;
    static CONST_CALL: MemBlocks<[u8; blocks()], { blocks() }>;
    static CONST_IF: MemBlocks<[u8; 4], { if IS_LARGE { 64 } else { 8 } }>;
    static CONST_COMPARISON: MemBlocks<[u8; 4], { 1 + (2 < 3) as usize }>;
    static CONST_STATEMENTS: MemBlocks<[u8; 4], { let a = 2; let b = a; a + b }>;
    static NESTED_GENERICS: MemBlocks<Option<Result<Generic<u8, 3>, u8>>, 2>;
    static FUNCTION_POINTER: MemBlocks<fn(u8) -> Option<u8>, 2>;
    static REFERENCE: MemBlocks<&'static [u8], 2>;
    static TUPLE: MemBlocks<(u8, [u16; 2]), 2>;
    static PATTERN: MemBlocks<[u8; 4 + matches!(Some(1), Some(_)) as usize], 2>;
    static CLOSURE: MemBlocks<[u8; if let Some(_) = Some(1) { 4 } else { 8 }], 2>;
    static LARGE_NUMBER: MemBlocks<Tag<340_282_366_920_938_463_463_374_607_431_768_211_455>, 2>;
    static REMAINDER: MemBlocks<[u8; (18_446_744_073_709_551_620 % 7_u128) as usize], 2>;
    static NEGATIVE: MemBlocks<Level<-1>, 2>;
    static MACRO: pool_type!(_);
    #[allow(unused_parens)]
    static PARENTHESISED: (MemBlocks<u8, 2>);
}

#[mem_blocks]
static ONE_BYTE: MemBlocks<u8, 65>;

#[test]
fn the_written_type_is_the_real_type() {
    let frames: &'static MemBlocks<[u8; 1536], 8> = &ALIAS;
    assert_eq!(frames.raw().block_size(), 1536);
    let _: &'static MemBlocks<[u8; 32], 7> = &ASSOCIATED;
    let _: &'static MemBlocks<Descriptor, 6> = &GENERIC_ALIAS;
}

#[test]
fn constant_expressions_are_evaluated() {
    assert_eq!(CONST_NAME.available(), 3);
    assert_eq!(CONST_BLOCK.available(), 6);
    assert_eq!(CONST_CALL.available(), 5);
    assert_eq!(CONST_CALL.raw().block_size(), 5);
    assert_eq!(CONST_IF.available(), 64);
    assert_eq!(CONST_COMPARISON.available(), 2);
    assert_eq!(CONST_STATEMENTS.available(), 4);
}

#[test]
fn any_type_of_block_is_taken() {
    assert_eq!(ABSOLUTE_PATH.available(), 1);
    assert_eq!(NESTED_GENERICS.available(), 2);
    let block = FUNCTION_POINTER.alloc_with(|| Some).expect("a new allocator should have a block");
    assert_eq!(block(1), Some(1));
    assert_eq!(REFERENCE.available(), 2);
    assert_eq!(TUPLE.raw().block_size(), size_of::<(u8, [u16; 2])>());
    assert_eq!(PARENTHESISED.available(), 2);
    assert_eq!(PATTERN.raw().block_size() + CLOSURE.raw().block_size(), 5 + 4);
    assert_eq!(LARGE_NUMBER.available() + REMAINDER.raw().block_size(), 2 + 6);
    assert_eq!(NEGATIVE.available() + MACRO.available(), 4);
    assert_eq!(size_of::<Generic<u8, 3>>(), 3);
}

#[test]
fn a_block_of_one_byte_is_one_byte() {
    let first = ONE_BYTE.alloc().expect("a new allocator should have a block");
    let second = ONE_BYTE.alloc().expect("a new allocator should have two blocks");
    assert_eq!(first.as_ptr().addr().abs_diff(second.as_ptr().addr()), 1);
}
