//! Each vector operation against a loop over words.

use super::*;

/// Lanes that are an array: slow and obvious, and had on every processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Model<const LANES: usize>([u64; LANES]);

impl<const LANES: usize> Words for Model<LANES> {
    type Proof = ();

    fn splat((): (), word: u64) -> Self {
        Self([word; LANES])
    }

    fn xor(self, b: Self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane] ^ b.0[lane]))
    }

    fn xor3(self, b: Self, c: Self) -> Self {
        self.xor(b).xor(c)
    }

    fn xor_and_not(self, b: Self, c: Self) -> Self {
        self.xor(Self(std::array::from_fn(|lane| !b.0[lane] & c.0[lane])))
    }

    fn rotate_left<const BITS: i32>(self) -> Self {
        Self(self.0.map(|word| word.rotate_left(BITS as u32)))
    }
}

impl<const COUNT: usize> Lanes for Model<COUNT> {
    const LANES: usize = COUNT;

    fn from_words((): (), words: &[u64; MAX_LANES]) -> Self {
        Self(std::array::from_fn(|lane| words[lane]))
    }

    fn write_words(self, words: &mut [u64; MAX_LANES]) {
        words[..COUNT].copy_from_slice(&self.0);
    }

    fn and(self, b: Self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane] & b.0[lane]))
    }
}

/// Words without pattern (splitmix64).
fn words(seed: u64) -> [u64; MAX_LANES] {
    std::array::from_fn(|lane| {
        let mut word = (seed * 8 + lane as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    })
}

/// What each operation writes over an array that has `seed` in every entry.
fn results<L: Lanes>(proof: L::Proof, seed: u64) -> Vec<[u64; MAX_LANES]> {
    let [a, b, c] = [0, 1, 2].map(|i| L::from_words(proof, &words(3 * seed + i)));
    [
        a,
        L::splat(proof, words(seed)[0]),
        a.xor(b),
        a.and(b),
        a.xor3(b, c),
        a.xor_and_not(b, c),
        a.rotate_left::<1>(),
        a.rotate_left::<8>(),
        a.rotate_left::<31>(),
        a.rotate_left::<56>(),
        a.rotate_left::<63>(),
    ]
    .map(|word| {
        let mut written = [seed; MAX_LANES];
        word.write_words(&mut written);
        written
    })
    .to_vec()
}

#[cfg(target_arch = "x86_64")]
fn check<L: Lanes, const LANES: usize>(proof: L::Proof) {
    assert_eq!(L::LANES, LANES);
    for seed in 0..1000 {
        assert_eq!(results::<L>(proof, seed), results::<Model<LANES>>((), seed));
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn vectors_of_each_level_are_the_model() {
    use crate::level::{Built, LevelName, testing::level};

    for name in [LevelName::Avx2, LevelName::Avx512] {
        match level(name, "lanes").map(|level| level.0) {
            Some(Built::Avx2(proof)) => check::<avx2::Four, 4>(proof),
            Some(Built::Avx512(proof)) => check::<avx512::Eight, 8>(proof),
            Some(Built::Portable) => panic!("{name} is portable"),
            None => {}
        }
    }
}

#[test]
fn one_word_is_a_model_of_one() {
    for seed in 0..1000 {
        let [a, b, c] = [0, 1, 2].map(|i| words(3 * seed + i)[0]);
        let [v, w, x] = [a, b, c].map(|word| Model([word]));
        assert_eq!(Model([Words::xor(a, b)]), v.xor(w));
        assert_eq!(Model([a.xor3(b, c)]), v.xor3(w, x));
        assert_eq!(Model([a.xor_and_not(b, c)]), v.xor_and_not(w, x));
        let rotated = <u64 as Words>::rotate_left::<31>(a);
        assert_eq!(Model([rotated]), v.rotate_left::<31>());
    }
}
