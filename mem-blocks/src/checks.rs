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
