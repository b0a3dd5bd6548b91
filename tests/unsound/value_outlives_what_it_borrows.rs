#![forbid(unsafe_code)]

use mem_blocks::{Block, MemBlocks, mem_blocks};

struct Watching(Option<&'static u32>);

struct Last<'a>(Option<&'a u32>);

impl Drop for Last<'_> {
    fn drop(&mut self) {
        assert_ne!(self.0, Some(&0));
    }
}

#[mem_blocks]
static POOL: MemBlocks<Last<'static>, 4>;

#[mem_blocks]
static WATCHING: MemBlocks<Watching, 4>;

fn main() {
    let mut block: Block<Last> = POOL.alloc_with(|| Last(None)).unwrap();
    let local = 1;
    // The block is dropped last, and its value looks at what it borrows.
    block.0 = Some(&local); //~ ERROR

    let other = 1;
    let _watching = WATCHING.alloc_with(|| Watching(Some(&other))); //~ ERROR
}
