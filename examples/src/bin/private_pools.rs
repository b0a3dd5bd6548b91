//! An allocator can be declared wherever a `static` can: at file scope, in a module, in a function.

use mem_blocks::{MemBlocks, mem_blocks};

/// At file scope: the whole file uses it.
#[mem_blocks]
static EVENTS: MemBlocks<u32, 8>;

/// A driver that keeps its allocator to itself.
mod uart {
    use mem_blocks::{AllocError, Block, define_mem_blocks};

    /// One transmission.
    pub(crate) struct Line(Block<[u8; 32]>);

    type Lines = mem_blocks::MemBlocks<[u8; 32], { 2 * PORTS }>;
    const PORTS: usize = 2;

    define_mem_blocks! {
        /// Private: outside this module it does not exist.
        static LINES: Lines;

        /// Visible to the crate, with a maximum that the module's own constants determine.
        #[mem_blocks(align = 8)]
        pub(crate) static RETRIES: mem_blocks::MemBlocks<u64, PORTS>;
    }

    impl Line {
        /// Takes a block of the driver's own.
        pub(crate) fn new(text: &str) -> Result<Self, AllocError> {
            let mut block = LINES.alloc_zeroed()?;
            let text = &text.as_bytes()[..text.len().min(32)];
            block[..text.len()].copy_from_slice(text);
            Ok(Self(block))
        }

        /// What is to be sent.
        pub(crate) fn text(&self) -> String {
            let len = self.0.iter().position(|&byte| byte == 0).unwrap_or(32);
            self.0[..len].escape_ascii().to_string()
        }

        /// How many more lines there can be.
        pub(crate) fn left() -> usize {
            LINES.available()
        }
    }
}

/// In a function: nobody else can name it. There is one, however often the function is called.
fn checksum(data: &[u8]) -> Option<u32> {
    #[mem_blocks]
    static SCRATCH: MemBlocks<[u32; 256], 1>;

    let mut counts = SCRATCH.alloc_zeroed().ok()?;
    for &byte in data {
        counts[usize::from(byte)] += 1;
    }
    Some((0_u32..).zip(&*counts).map(|(value, count)| value * count).sum())
}

fn main() -> Result<(), mem_blocks::AllocError> {
    let event = EVENTS.alloc_with(|| 7)?;
    println!("file scope: event {event:?}, {} of 8 used", EVENTS.used());

    let line = uart::Line::new("ready")?;
    println!("module: line {:?}, {} left", line.text(), uart::Line::left());
    println!("module, pub(crate): {} retries free", uart::RETRIES.available());

    println!("function: {:?}", checksum(b"mem-blocks"));
    println!("function, again: {:?}", checksum(b"mem-blocks"));
    Ok(())
}
