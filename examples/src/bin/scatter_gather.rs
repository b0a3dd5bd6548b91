//! A frame that is larger than a block, sent as a list of DMA descriptors.
//!
//! The blocks of one frame need not be adjacent: a scatter-gather engine reads a list of pieces.
//! Where blocks happen to be adjacent, `runs()` gives them as one piece, which saves descriptors.

use mem_blocks::{MemBlocks, Scatter, mem_blocks};

const BLOCK: usize = 64;

/// Memory that the engine can read. On a microcontroller it would be in a section of its own.
#[mem_blocks(align = 32)]
static TX: MemBlocks<[u8; BLOCK], 8>;

/// One entry of the list that a DMA engine walks.
struct Descriptor {
    address: *const u8,
    len: usize,
    last: bool,
}

/// The engine: reads the pieces one after the other.
fn transmit(descriptors: &[Descriptor]) -> Vec<u8> {
    let mut wire = Vec::new();
    for descriptor in descriptors {
        // SAFETY: stands for the hardware, which reads what the blocks' owner has lent it: the
        // scatter outlives the transfer.
        #[expect(unsafe_code, reason = "stands for the hardware")]
        wire.extend_from_slice(unsafe {
            core::slice::from_raw_parts(descriptor.address, descriptor.len)
        });
    }
    assert!(descriptors.last().is_some_and(|descriptor| descriptor.last));
    wire
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let frame: Vec<u8> = (0..300_u16).map(|byte| byte.to_le_bytes()[0]).collect();

    // Other traffic holds blocks 1 and 4, so the free ones are 0, 2 and 3, 5 to 7.
    let _busy = (TX.claim(1..2)?, TX.claim(4..5)?);

    // All blocks of the frame in one call: all of them, or an error and none.
    let blocks = TX.alloc_scatter::<8>(frame.len().div_ceil(BLOCK))?;
    let blocks = Scatter::write_with(blocks, |place| {
        let mut block = [0; BLOCK];
        let piece = frame.chunks(BLOCK).nth(place).unwrap_or_default();
        block[..piece.len()].copy_from_slice(piece);
        block
    });
    println!("{} bytes in {} blocks", frame.len(), blocks.len());

    let mut left = frame.len();
    let descriptors: Vec<Descriptor> = blocks
        .runs()
        .map(|run| {
            let bytes = run.as_flattened();
            let len = bytes.len().min(left);
            left -= len;
            Descriptor { address: bytes.as_ptr(), len, last: left == 0 }
        })
        .collect();
    let start = TX.raw().buffer().cast::<u8>();
    for descriptor in &descriptors {
        let offset = descriptor.address.addr() - start.addr();
        let last = if descriptor.last { ", last" } else { "" };
        println!("descriptor: offset {offset}, {} bytes{last}", descriptor.len);
    }

    assert_eq!(transmit(&descriptors), frame);
    println!("the frame arrived as it was sent");

    // Dropping the scatter gives all of its blocks back under one lock.
    drop(blocks);
    println!("{} blocks used", TX.used());
    Ok(())
}
