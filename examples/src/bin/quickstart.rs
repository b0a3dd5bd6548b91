//! Four blocks of 64 bytes: allocate two, use them, free them.

use mem_blocks::{AllocError, Block, MemBlocks, mem_blocks};

/// 4 blocks of 64 bytes, each starting on a multiple of 4 bytes.
#[mem_blocks(align = 4)]
static POOL: MemBlocks<[u8; 64], 4>;

fn main() -> Result<(), AllocError> {
    println!(
        "{} blocks of {} bytes, {} free",
        POOL.raw().num_blocks(),
        POOL.raw().block_size(),
        POOL.available()
    );

    // Both or none. Each is an owner: it gives its block back when it is dropped.
    let [first, second] = POOL.alloc_array::<2>()?;
    println!("allocated blocks {} and {}", Block::index(&first), Block::index(&second));

    // A new block is not initialised; writing to it makes it a `Block<[u8; 64]>`.
    let mut first = Block::write(first, [0; 64]);
    first[..5].copy_from_slice(b"hello");
    println!("block {} holds {:?}", Block::index(&first), first[..5].escape_ascii().to_string());

    // Three blocks are not to be had; the request takes none.
    assert_eq!(POOL.alloc_array::<3>().unwrap_err(), AllocError::Exhausted);
    println!("{} of {} used", POOL.used(), POOL.raw().num_blocks());

    drop(first);
    drop(second);
    println!("freed: {} of {} used", POOL.used(), POOL.raw().num_blocks());
    Ok(())
}
