//! What a definition may not be, where the macros cannot judge it: values that are named constants,
//! and what hides behind the name of a type.
//!
//! Generated code calls each of these from a `const` whose span is what the user wrote, and
//! `#[track_caller]` makes that the place of the error. `written` is how it reads.

use crate::buffer::MAX_ALIGN;
use crate::definition::{Align, AlignError, Shape, UserBuffer};
use crate::geometry::GeometryError;
use crate::message::Message;

/// Refuses blocks of no size, and of an alignment that no buffer can have.
#[track_caller]
pub const fn check_block(shape: Shape, written: &str) {
    if shape.block_size == 0 {
        Message::new(GeometryError::ZeroSizedBlock.message()).found(written).panic();
    }
    if shape.block_align > MAX_ALIGN {
        at_most("the alignment of a block").found_value(written, shape.block_align).panic();
    }
}

/// Refuses no blocks.
#[track_caller]
pub const fn check_number(shape: Shape, written: &str) {
    if shape.num_blocks == 0 {
        Message::new(GeometryError::NoBlocks.message())
            .found_value(written, shape.num_blocks)
            .panic();
    }
}

/// Refuses too large a buffer.
#[track_caller]
pub const fn check_buffer(shape: Shape, written: &str) {
    if let Err(GeometryError::BufferTooLarge) = shape.geometry() {
        Message::new(GeometryError::BufferTooLarge.message()).found(written).panic();
    }
}

/// Refuses an alignment that a definition may not have.
#[track_caller]
pub const fn check_align(shape: Shape, align: usize, written: &str) {
    let Some(error) = shape.align_error(align) else {
        return;
    };
    let rule = match error {
        AlignError::NoPowerOfTwo => Message::new("`align` must be a power of two"),
        AlignError::TooLarge => at_most("`align`"),
        AlignError::DoesNotDivide => {
            Message::new("`align` must divide the block size, which is ").number(shape.block_size)
        }
    };
    rule.found_value(written, align).panic();
}

/// Refuses the same, and an alignment that the user's buffer does not have.
#[track_caller]
pub const fn check_buffer_align(buffer: UserBuffer, align: usize, written: &str) {
    check_align(buffer.shape, align, written);
    if buffer.align < align {
        Message::new("`align` must not exceed the alignment of the buffer, which is ")
            .number(buffer.align)
            .found_value(written, align)
            .panic();
    }
}

/// Refuses an address at which the blocks cannot lie.
#[track_caller]
pub const fn check_address(shape: Shape, align: Align, address: usize, written: &str) {
    let rule = if address == 0 {
        Message::new("`address` must not be null")
    } else if address % shape.block_align != 0 {
        Message::new("`address` must be a multiple of the alignment of the block's type, which is ")
            .number(shape.block_align)
    } else if address % shape.effective_align(align) != 0 {
        Message::new("`address` must be a multiple of `align`, which is ")
            .number(shape.effective_align(align))
            .text(if let Align::Default = align { " unless given" } else { "" })
    } else if address.checked_add(shape.buffer_size()).is_none() {
        Message::new("the blocks at `address` must not reach beyond the address space")
    } else {
        return;
    };
    rule.found_address(written, address).panic();
}

/// The rule about the largest alignment.
const fn at_most(what: &str) -> Message {
    let limit = Message::new(what).text(" must be at most ").number(MAX_ALIGN);
    limit.text(if MAX_ALIGN == 1 << 29 { " (2^29)" } else { " on this target" })
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::panic::{self, UnwindSafe};
    use std::string::{String, ToString};

    use super::*;
    use crate::buffer::BlockBuffer;
    use crate::definition::type_of;
    use crate::mem_blocks::MemBlocks;

    /// What a check refuses, in a definition an error of the compiler; nothing, if it accepts.
    fn refusal(check: impl FnOnce() + UnwindSafe) -> Option<String> {
        let payload = panic::catch_unwind(check).err()?;
        Some(payload.downcast_ref::<String>().expect("a text").clone())
    }

    fn refused(check: impl FnOnce() + UnwindSafe, message: &str) {
        assert_eq!(refusal(check), Some(message.to_string()));
    }

    fn accepted(check: impl FnOnce() + UnwindSafe) {
        assert_eq!(refusal(check), None);
    }

    const SHAPE: Shape = Shape { block_size: 48, block_align: 8, num_blocks: 4 };

    #[test]
    fn a_block_has_a_size_and_an_alignment_that_a_buffer_can_have() {
        accepted(|| check_block(SHAPE, "T"));
        accepted(|| check_block(Shape { block_align: MAX_ALIGN, ..SHAPE }, "T"));
        let empty = Shape { block_size: 0, ..SHAPE };
        refused(|| check_block(empty, "()"), "a block must not be zero-sized, found `()`");
        let too_much = Shape { block_align: 2 * MAX_ALIGN, ..SHAPE };
        refused(
            || check_block(too_much, "T"),
            "the alignment of a block must be at most 536870912 (2^29), found `T` (1073741824)",
        );
    }

    #[test]
    fn there_is_at_least_one_block() {
        accepted(|| check_number(Shape { num_blocks: 1, ..SHAPE }, "1"));
        let none = Shape { num_blocks: 0, ..SHAPE };
        refused(|| check_number(none, "0"), "an allocator needs at least one block, found `0`");
        refused(|| check_number(none, "N"), "an allocator needs at least one block, found `N` (0)");
    }

    #[test]
    fn a_buffer_is_at_most_half_of_the_address_space() {
        let largest =
            Shape { block_size: 1, block_align: 1, num_blocks: isize::MAX.unsigned_abs() };
        accepted(|| check_buffer(largest, "T"));
        let larger = Shape { num_blocks: largest.num_blocks + 1, ..largest };
        assert!(refusal(|| check_buffer(larger, "T")).is_some());
        let overflowing = Shape { block_size: usize::MAX, ..SHAPE };
        assert!(refusal(|| check_buffer(overflowing, "T")).is_some());
    }

    #[test]
    fn an_alignment_is_a_power_of_two_that_divides_the_size() {
        for align in [1, 2, 4, 8, 16] {
            accepted(move || check_align(SHAPE, align, "A"));
        }
        refused(|| check_align(SHAPE, 3, "3"), "`align` must be a power of two, found `3`");
        refused(|| check_align(SHAPE, 0, "0"), "`align` must be a power of two, found `0`");
        refused(
            || check_align(SHAPE, 32, "LINE"),
            "`align` must divide the block size, which is 48, found `LINE` (32)",
        );
        let large = Shape { block_size: 4 * MAX_ALIGN, ..SHAPE };
        accepted(|| check_align(large, MAX_ALIGN, "A"));
        assert!(refusal(|| check_align(large, 2 * MAX_ALIGN, "A")).is_some());
    }

    #[test]
    fn an_alignment_is_at_most_that_of_the_buffer() {
        static BUFFER: BlockBuffer<[u64; 6], 4, 8> = BlockBuffer::new();
        let buffer =
            type_of(|| -> &'static MemBlocks<[u64; 6], 4> { unreachable!() }).buffer(&BUFFER);
        accepted(|| check_buffer_align(buffer, 8, "8"));
        accepted(|| check_buffer_align(buffer, 4, "4"));
        refused(
            || check_buffer_align(buffer, 16, "16"),
            "`align` must not exceed the alignment of the buffer, which is 8, found `16`",
        );
        refused(|| check_buffer_align(buffer, 3, "3"), "`align` must be a power of two, found `3`");
    }

    #[test]
    fn an_address_is_where_the_blocks_can_lie() {
        let bytes = Shape { block_size: 48, block_align: 1, num_blocks: 4 };
        accepted(|| check_address(bytes, Align::Default, 4, "A"));
        accepted(|| check_address(bytes, Align::Written(1), 5, "A"));
        refused(
            || check_address(bytes, Align::Default, 0, "0"),
            "`address` must not be null, found `0`",
        );
        refused(
            || check_address(SHAPE, Align::Default, 4, "A"),
            "`address` must be a multiple of the alignment of the block's type, which is 8, found `A` (0x4)",
        );
        refused(
            || check_address(bytes, Align::Default, 6, "A"),
            "`address` must be a multiple of `align`, which is 4 unless given, found `A` (0x6)",
        );
        refused(
            || check_address(bytes, Align::Written(16), 8, "A"),
            "`address` must be a multiple of `align`, which is 16, found `A` (0x8)",
        );
        // The last byte of the address space is one that blocks may have.
        let last = usize::MAX - bytes.buffer_size();
        accepted(move || check_address(bytes, Align::Written(1), last, "A"));
        assert!(refusal(move || check_address(bytes, Align::Written(1), last + 1, "A")).is_some());
    }
}
