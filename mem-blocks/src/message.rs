//! The text of an error in a definition, put together while constants are evaluated.
//!
//! There, a panic takes a text that is ready, and nothing can be formatted or allocated.

/// Bytes of the longest text. The macros shorten what they quote; what is longer nevertheless loses
/// its end.
const CAPACITY: usize = 320;

/// A text that is being put together.
pub(crate) struct Message {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Message {
    pub(crate) const fn new(text: &str) -> Self {
        Self { bytes: [0; CAPACITY], length: 0 }.text(text)
    }

    pub(crate) const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut index = 0;
        while index < text.len() && self.length < CAPACITY {
            self.bytes[self.length] = text[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    pub(crate) const fn number(self, number: usize) -> Self {
        self.digits(number, 10)
    }

    const fn digits(self, number: usize, base: usize) -> Self {
        let message = if number < base { self } else { self.digits(number / base, base) };
        message.text(as_text(&[b"0123456789abcdef"[number % base]]))
    }

    /// Quotes what was written.
    pub(crate) const fn found(self, written: &str) -> Self {
        self.text(", found `").text(written).text("`")
    }

    /// Quotes what was written, and says what it is, unless it is a literal and says so itself.
    pub(crate) const fn found_value(self, written: &str, value: usize) -> Self {
        let message = self.found(written);
        if is_literal(written) { message } else { message.text(" (").number(value).text(")") }
    }

    /// The same of an address, which one reads in hexadecimal.
    pub(crate) const fn found_address(self, written: &str, address: usize) -> Self {
        let message = self.found(written);
        if is_literal(written) {
            message
        } else {
            message.text(" (0x").digits(address, 16).text(")")
        }
    }

    #[track_caller]
    pub(crate) const fn panic(self) -> ! {
        panic!("{}", as_text(self.bytes.split_at(self.length).0))
    }
}

/// Whether it is one word that begins with a digit.
const fn is_literal(written: &str) -> bool {
    let bytes = written.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if !bytes[index].is_ascii_alphanumeric() && bytes[index] != b'_' {
            return false;
        }
        index += 1;
    }
    !bytes.is_empty() && bytes[0].is_ascii_digit()
}

/// The bytes as text, up to where they end in the middle of a character.
const fn as_text(bytes: &[u8]) -> &str {
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => match core::str::from_utf8(bytes.split_at(error.valid_up_to()).0) {
            Ok(text) => text,
            Err(_) => "",
        },
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::panic;
    use std::string::String;

    use super::{CAPACITY, Message};

    fn text(message: Message) -> String {
        let payload = panic::catch_unwind(|| message.panic()).unwrap_err();
        payload.downcast_ref::<String>().expect("a formatted text").clone()
    }

    #[test]
    fn a_number_is_written_with_all_its_digits() {
        for number in [0, 9, 10, 536_870_912, usize::MAX] {
            let wanted = std::format!("x{number}");
            assert_eq!(text(Message::new("x").number(number)), wanted);
        }
    }

    #[test]
    fn a_literal_says_its_value_itself() {
        for (written, shown) in [
            ("3", "a, found `3`"),
            ("0x30_usize", "a, found `0x30_usize`"),
            ("LINE", "a, found `LINE` (48)"),
            ("2 * LINE", "a, found `2 * LINE` (48)"),
            ("", "a, found `` (48)"),
        ] {
            assert_eq!(text(Message::new("a").found_value(written, 48)), shown);
        }
    }

    #[test]
    fn an_address_is_said_in_hexadecimal() {
        for address in [0, 9, 0x10, 0x2000_00af, usize::MAX] {
            let wanted = std::format!("a, found `BASE` ({address:#x})");
            assert_eq!(text(Message::new("a").found_address("BASE", address)), wanted);
        }
        assert_eq!(text(Message::new("a").found_address("0x30", 48)), "a, found `0x30`");
    }

    #[test]
    fn what_is_too_long_ends_with_a_whole_character() {
        let long = "ä".repeat(CAPACITY);
        assert_eq!(text(Message::new("x").text(&long)).len(), CAPACITY - 1);
        assert_eq!(text(Message::new("").text(&long)).len(), CAPACITY);
    }
}
