//! Pseudo-random numbers that depend on a seed alone.

use alloy_primitives::keccak256;

/// The SplitMix64 generator (Steele, Lea and Flood, 2014). Not for secrets.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// A stream of its own for each seed and purpose.
    pub(super) fn new(seed: u64, purpose: &str) -> Self {
        let hash = keccak256([&seed.to_be_bytes()[..], purpose.as_bytes()].concat());
        Self(
            hash.iter()
                .take(8)
                .fold(0, |state, byte| state << 8 | u64::from(*byte)),
        )
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 if `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(bound);
        (wide >> 64) as u64
    }

    /// An index into something of this length.
    pub(super) fn index(&mut self, length: usize) -> usize {
        // Below a `usize`, so it fits one.
        self.below(length as u64) as usize
    }

    /// True once in `n` times on average.
    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    pub(super) fn fill(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_be_bytes()[..chunk.len()]);
        }
    }

    /// Between `least` and `most` bytes, both included.
    pub(super) fn blob(&mut self, least: usize, most: usize) -> Vec<u8> {
        let mut out = vec![0; least + self.index(most.saturating_sub(least) + 1)];
        self.fill(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixes_as_published() {
        // The first outputs of SplitMix64 for the state 1234567.
        let mut random = Random(1_234_567);
        let first = [(); 3].map(|()| random.next());
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn stays_below_its_bound() {
        let mut random = Random::new(1, "test");
        let mut seen = [false; 5];
        for _ in 0..200 {
            seen[random.index(5)] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(random.below(0), 0);
        assert!((0..100).all(|_| (3..=6).contains(&random.blob(3, 6).len())));
    }
}
