//! What a value prints.

use core::fmt::{Arguments, Write};

use heapless::String;

/// The text of a `format_args!`, of up to 120 bytes.
pub(crate) fn text(arguments: Arguments<'_>) -> String<120> {
    let mut text = String::new();
    text.write_fmt(arguments).expect("a longer text than expected");
    text
}
