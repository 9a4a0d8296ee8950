//! One lane in a 64-bit register of any processor.

use super::{Lanes, MAX_LANES};

impl Lanes for u64 {
    type Proof = ();
    const LANES: usize = 1;

    #[inline(always)]
    fn splat((): (), word: u64) -> Self {
        word
    }

    #[inline(always)]
    fn from_words((): (), words: &[u64; MAX_LANES]) -> Self {
        words[0]
    }

    #[inline(always)]
    fn to_words(self) -> [u64; MAX_LANES] {
        let mut words = [0; MAX_LANES];
        words[0] = self;
        words
    }

    #[inline(always)]
    fn load_rows((): (), rows: &[&[u8]; MAX_LANES], first: usize) -> [Self; 8] {
        let (words, _) = rows[0].as_chunks::<8>();
        let mut loaded = [0; 8];
        for (to, from) in loaded.iter_mut().zip(words.iter().skip(first)) {
            *to = u64::from_le_bytes(*from);
        }
        loaded
    }

    #[inline(always)]
    fn xor(self, b: Self) -> Self {
        self ^ b
    }

    #[inline(always)]
    fn and(self, b: Self) -> Self {
        self & b
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        self ^ b ^ c
    }

    #[inline(always)]
    fn xor_and_not(self, b: Self, c: Self) -> Self {
        self ^ (!b & c)
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        u64::rotate_left(self, BITS as u32)
    }

    #[inline(always)]
    fn xor_where(self, b: Self, at: Self, index: u64) -> Self {
        if at == index { self ^ b } else { self }
    }
}
