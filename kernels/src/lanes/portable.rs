//! One word in a register of any processor.

use super::Words;

impl Words for u64 {
    type Proof = ();

    #[inline(always)]
    fn splat((): (), word: u64) -> Self {
        word
    }

    #[inline(always)]
    fn xor(self, b: Self) -> Self {
        self ^ b
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
}
