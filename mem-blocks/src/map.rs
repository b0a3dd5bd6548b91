//! The map of an allocator's blocks: `[##..#...]`.

use core::fmt::{self, Write};

use crate::bitmap::{self, Bits, WORD_BITS};
use crate::raw::RawMemBlocks;

/// One character a block, from block 0 on: `#` for one that is not free, `.` for a free one.
///
/// Of up to one word of blocks it is of the moment at which it was made. Of more, each word is of the
/// moment at which it is written: a copy of all of them would want room on the stack, and whoever
/// writes them may take long.
pub(crate) struct Map<'a> {
    pool: &'a RawMemBlocks,
    /// The only word, where there are no others.
    only: Option<Bits>,
}

impl<'a> Map<'a> {
    pub(crate) fn of(pool: &'a RawMemBlocks) -> Self {
        let only = if pool.num_blocks() <= WORD_BITS { pool.taken().next() } else { None };
        Self { pool, only }
    }

    /// The number of blocks that are not free: as many as the map has, if it is of one moment.
    pub(crate) fn used(&self) -> usize {
        self.only.map_or_else(|| self.pool.used(), |taken| taken.count_ones() as usize)
    }

    fn words(&self) -> impl Iterator<Item = Word> {
        let num_blocks = self.pool.num_blocks();
        self.pool.taken().enumerate().map(move |(place, taken)| Word {
            taken: self.only.unwrap_or(taken),
            len: WORD_BITS.min(num_blocks - place * WORD_BITS),
        })
    }
}

/// The part of a map that is of one word.
struct Word {
    taken: Bits,
    /// How many blocks there are.
    len: usize,
}

impl Word {
    fn symbol(&self, block: usize) -> char {
        if self.taken & bitmap::bit(block) == 0 { '.' } else { '#' }
    }
}

impl fmt::Debug for Map<'_> {
    /// With `{:#?}`, each of several words on a line of its own; else with a space between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, between, after) = match (self.only, f.alternate()) {
            (None, true) => ("\n    ", "\n    ", "\n"),
            _ => ("", " ", ""),
        };
        f.write_char('[')?;
        for (place, word) in self.words().enumerate() {
            f.write_str(if place == 0 { before } else { between })?;
            for block in 0..word.len {
                f.write_char(word.symbol(block))?;
            }
        }
        f.write_str(after)?;
        f.write_char(']')
    }
}

/// The same text, of which hardly anything is on the device: it sends the numbers of the pieces.
#[cfg(feature = "defmt")]
impl defmt::Format for Map<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "[");
        for (place, word) in self.words().enumerate() {
            if place > 0 {
                defmt::write!(f, " ");
            }
            let mut next = 0;
            while next + 4 <= word.len {
                write_four(f, bitmap::four(word.taken, next));
                next += 4;
            }
            for block in next..word.len {
                defmt::write!(f, "{=char}", word.symbol(block));
            }
        }
        defmt::write!(f, "]");
    }
}

/// Four blocks, in two bytes of the log.
#[cfg(feature = "defmt")]
#[allow(clippy::match_same_arms, reason = "it does not see the texts, which the macro takes away")]
fn write_four(f: defmt::Formatter<'_>, taken: Bits) {
    match taken {
        0b0000 => defmt::write!(f, "...."),
        0b0001 => defmt::write!(f, "#..."),
        0b0010 => defmt::write!(f, ".#.."),
        0b0011 => defmt::write!(f, "##.."),
        0b0100 => defmt::write!(f, "..#."),
        0b0101 => defmt::write!(f, "#.#."),
        0b0110 => defmt::write!(f, ".##."),
        0b0111 => defmt::write!(f, "###."),
        0b1000 => defmt::write!(f, "...#"),
        0b1001 => defmt::write!(f, "#..#"),
        0b1010 => defmt::write!(f, ".#.#"),
        0b1011 => defmt::write!(f, "##.#"),
        0b1100 => defmt::write!(f, "..##"),
        0b1101 => defmt::write!(f, "#.##"),
        0b1110 => defmt::write!(f, ".###"),
        _ => defmt::write!(f, "####"),
    }
}
