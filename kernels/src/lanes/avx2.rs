//! Four lanes in a 256-bit register.
#![allow(unsafe_code)]

use super::{Lanes, MAX_LANES, Words};
use std::arch::x86_64::*;

/// Proof that the processor has the features of this level, those that [`Avx2::detect`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, if this processor and its operating system give it.
    pub(crate) fn detect() -> Option<Self> {
        let detected = std::is_x86_feature_detected!("avx2")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("bmi2")
            && std::is_x86_feature_detected!("fma");
        detected.then_some(Self(()))
    }

    /// [`keccak256_batch`](crate::keccak256_batch) at this level.
    pub(crate) fn keccak256_batch(self, messages: &[&[u8]], out: &mut [[u8; 32]]) {
        #[target_feature(enable = "avx2,bmi1,bmi2,fma")]
        fn entry(proof: Avx2, messages: &[&[u8]], out: &mut [[u8; 32]]) {
            crate::keccak::batch::hash_all::<Four>(proof, messages, out);
        }
        // SAFETY: `self` exists, so the processor has the features.
        unsafe { entry(self, messages, out) }
    }
}

/// Four words. A value is made only with an [`Avx2`] in hand or from another value, so its methods may rely on AVX2.
#[derive(Clone, Copy)]
pub(crate) struct Four(__m256i);

impl Words for Four {
    type Proof = Avx2;

    #[inline(always)]
    fn splat(Avx2(()): Avx2, word: u64) -> Self {
        // SAFETY: the proof stands for AVX2.
        Self(unsafe { _mm256_set1_epi64x(word as i64) })
    }

    #[inline(always)]
    fn xor(self, b: Self) -> Self {
        // SAFETY: `self` stands for AVX2.
        Self(unsafe { _mm256_xor_si256(self.0, b.0) })
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        self.xor(b).xor(c)
    }

    #[inline(always)]
    fn xor_and_not(self, b: Self, c: Self) -> Self {
        // SAFETY: `self` stands for AVX2.
        Self(unsafe { _mm256_xor_si256(self.0, _mm256_andnot_si256(b.0, c.0)) })
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: `self` stands for AVX2. The counts are constants after inlining, so the shifts are by immediates.
        Self(unsafe {
            _mm256_or_si256(
                _mm256_slli_epi64::<BITS>(self.0),
                _mm256_srl_epi64(self.0, _mm_cvtsi32_si128(64 - BITS)),
            )
        })
    }
}

impl Lanes for Four {
    const LANES: usize = 4;

    #[inline(always)]
    fn from_words(Avx2(()): Avx2, words: &[u64; MAX_LANES]) -> Self {
        // SAFETY: the proof stands for AVX2; the array has the 32 bytes that are read, at any alignment.
        Self(unsafe { _mm256_loadu_si256(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn write_words(self, words: &mut [u64; MAX_LANES]) {
        // SAFETY: `self` stands for AVX2; the array has the 32 bytes that are written, at any alignment.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), self.0) };
    }

    #[inline(always)]
    fn and(self, b: Self) -> Self {
        // SAFETY: `self` stands for AVX2.
        Self(unsafe { _mm256_and_si256(self.0, b.0) })
    }
}
