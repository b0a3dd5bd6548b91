//! What an allocator must be like: a bit a block, and no more.

use std::ops::Range;

use mem_blocks::RawMemBlocks;

const WORD: usize = u64::BITS as usize;

/// Enough for the largest pool.
const WORDS: usize = 1025_usize.div_ceil(WORD);

/// Which blocks are taken.
///
/// Words that are not those of the runtime crate: 64 blocks each, so that its boundaries are not the model's.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    taken: [u64; WORDS],
    blocks: usize,
    used: usize,
}

impl Model {
    /// With all blocks free.
    pub(crate) fn new(blocks: usize) -> Self {
        assert!(blocks <= WORDS * WORD, "the model has room for fewer blocks");
        Self { taken: [0; WORDS], blocks, used: 0 }
    }

    /// The number of all blocks.
    pub(crate) fn blocks(&self) -> usize {
        self.blocks
    }

    pub(crate) fn used(&self) -> usize {
        self.used
    }

    pub(crate) fn available(&self) -> usize {
        self.blocks - self.used
    }

    pub(crate) fn is_taken(&self, block: usize) -> bool {
        assert!(block < self.blocks, "there is no block {block}");
        self.taken[block / WORD] >> (block % WORD) & 1 != 0
    }

    pub(crate) fn is_free(&self, range: Range<usize>) -> bool {
        range.end <= self.blocks && self.next(range.start, true) >= range.end
    }

    /// Takes blocks, which must be free.
    pub(crate) fn take(&mut self, blocks: impl IntoIterator<Item = usize>) {
        for block in blocks {
            assert!(!self.is_taken(block), "block {block} was handed out, and was not free");
            self.taken[block / WORD] |= 1 << (block % WORD);
            self.used += 1;
        }
    }

    /// Gives back blocks, which must be taken.
    pub(crate) fn give_back(&mut self, blocks: impl IntoIterator<Item = usize>) {
        for block in blocks {
            assert!(self.is_taken(block), "block {block} was given back, and was free");
            self.taken[block / WORD] &= !(1 << (block % WORD));
            self.used -= 1;
        }
    }

    /// The first block from `from` on that is taken, or that is free; the number of blocks, if there is none.
    fn next(&self, from: usize, taken: bool) -> usize {
        let mut at = from;
        while at < self.blocks {
            let word = self.taken[at / WORD] ^ if taken { 0 } else { u64::MAX };
            match word >> (at % WORD) {
                0 => at = (at / WORD + 1) * WORD,
                rest => return self.blocks.min(at + rest.trailing_zeros() as usize),
            }
        }
        self.blocks
    }

    fn runs(&self, taken: bool) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            let start = self.next(at, taken);
            at = self.next(start, !taken);
            (start < self.blocks).then_some(start..at)
        })
    }

    /// The free blocks: runs that are as long as they can be, in ascending order.
    pub(crate) fn free_runs(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.runs(false)
    }

    /// The taken blocks in ascending order.
    pub(crate) fn taken_blocks(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.blocks).filter(|&block| self.is_taken(block))
    }

    pub(crate) fn largest_free_run(&self) -> usize {
        self.free_runs().map(|run| run.len()).max().unwrap_or(0)
    }

    /// The first taken block from a place on, which may be behind the last one, and then from the start. By place and not by
    /// number: so it stays the same one where a shorter sequence has taken other blocks.
    pub(crate) fn taken_block(&self, place: usize) -> Option<usize> {
        self.nearest(place, true)
    }

    /// The same of the free ones.
    pub(crate) fn free_block(&self, place: usize) -> Option<usize> {
        self.nearest(place, false)
    }

    fn nearest(&self, place: usize, taken: bool) -> Option<usize> {
        let starts = [place % self.blocks, 0];
        starts.map(|start| self.next(start, taken)).into_iter().find(|&block| block < self.blocks)
    }

    /// The lowest run of `count` blocks, at least one.
    pub(crate) fn first_fit(&self, count: usize) -> Option<usize> {
        self.free_runs().find(|run| run.len() >= count).map(|run| run.start)
    }

    /// The lowest of the longest runs of `min` to `max` blocks, at least one.
    pub(crate) fn longest_run(&self, min: usize, max: usize) -> Option<Range<usize>> {
        let longest = self.largest_free_run().min(max);
        let start = (longest >= min.max(1)).then(|| self.first_fit(longest))??;
        Some(start..start + longest)
    }

    /// Those `count` blocks that `RawMemBlocks::alloc` says it takes: the lowest of the first 32 that have as many free
    /// ones, or else the lowest of all.
    pub(crate) fn lowest(&self, count: usize) -> Vec<usize> {
        if count == 0 {
            return Vec::new();
        }
        let free: Vec<usize> = self.free_runs().flatten().collect();
        let in_one_word = free.windows(count).find(|some| some[0] / 32 == some[count - 1] / 32);
        in_one_word.unwrap_or(&free[..count]).to_vec()
    }

    /// Asks the allocator all that can be asked, and wants to hear what the model says.
    pub(crate) fn compare(&self, pool: &RawMemBlocks) {
        pool.assert_valid();
        assert_eq!(pool.used(), self.used, "`used()`");
        assert_eq!(pool.available(), self.available(), "`available()`");
        assert_eq!(pool.largest_free_run(), self.largest_free_run(), "`largest_free_run()`");
        // As many blocks are free here and there, and those of the model are so there: they are the same.
        for run in self.free_runs() {
            let first = address(pool, run.start);
            assert!(pool.is_region_free(first, run.len()), "blocks {run:?} are not free");
        }
    }
}

/// Where the block with this index is.
pub(crate) fn address(pool: &RawMemBlocks, block: usize) -> *mut u8 {
    pool.buffer().cast::<u8>().wrapping_add(block * pool.block_size())
}

/// The block that starts at an address that was handed out.
pub(crate) fn index(pool: &RawMemBlocks, block: *const u8) -> usize {
    let offset = block.addr().wrapping_sub(pool.buffer().addr());
    assert_eq!(offset % pool.block_size(), 0, "an address that is not the start of a block");
    offset / pool.block_size()
}
