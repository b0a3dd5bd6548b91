//! Numbers that look random and are the same in every run.

/// A sequence of them: xorshift, of 32 bits.
#[derive(Debug)]
pub struct Numbers(u32);

impl Numbers {
    /// The sequence of this seed, which is not 0.
    #[must_use]
    pub const fn new(seed: u32) -> Self {
        // From 0 it would never get away.
        Self(if seed == 0 { 1 } else { seed })
    }

    /// The next one, from 0 to `bound - 1`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        // The upper half: the lower bits of a xorshift are less random.
        let [.., low, high] = self.0.to_le_bytes();
        (usize::from(u16::from_le_bytes([low, high])) * bound) >> 16
    }
}
