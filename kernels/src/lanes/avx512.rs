//! Eight lanes in a 512-bit register.
#![allow(unsafe_code)]

use super::{Lanes, MAX_LANES, Words};
use std::arch::x86_64::*;

/// Proof that the processor has the features of this level, those that [`Avx512::detect`] asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The proof, if this processor and its operating system give it.
    pub(crate) fn detect() -> Option<Self> {
        let detected = std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512vl")
            && std::is_x86_feature_detected!("avx512ifma")
            && std::is_x86_feature_detected!("bmi1")
            && std::is_x86_feature_detected!("bmi2");
        detected.then_some(Self(()))
    }

    /// [`keccak256_batch`](crate::keccak256_batch) at this level.
    pub(crate) fn keccak256_batch(self, messages: &[&[u8]], out: &mut [[u8; 32]]) {
        #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512ifma,bmi1,bmi2")]
        fn entry(proof: Avx512, messages: &[&[u8]], out: &mut [[u8; 32]]) {
            crate::keccak::batch::hash_all::<Eight>(proof, messages, out);
        }
        // SAFETY: `self` exists, so the processor has the features.
        unsafe { entry(self, messages, out) }
    }
}

/// Eight words. A value is made only with an [`Avx512`] in hand or from another value, so its methods may rely on
/// AVX-512.
#[derive(Clone, Copy)]
pub(crate) struct Eight(__m512i);

impl Words for Eight {
    type Proof = Avx512;

    #[inline(always)]
    fn splat(Avx512(()): Avx512, word: u64) -> Self {
        // SAFETY: the proof stands for AVX-512F.
        Self(unsafe { _mm512_set1_epi64(word as i64) })
    }

    #[inline(always)]
    fn xor(self, b: Self) -> Self {
        // SAFETY: `self` stands for AVX-512F.
        Self(unsafe { _mm512_xor_si512(self.0, b.0) })
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        // SAFETY: `self` stands for AVX-512F.
        Self(unsafe { _mm512_ternarylogic_epi64::<0x96>(self.0, b.0, c.0) })
    }

    #[inline(always)]
    fn xor_and_not(self, b: Self, c: Self) -> Self {
        // SAFETY: `self` stands for AVX-512F.
        Self(unsafe { _mm512_ternarylogic_epi64::<0xd2>(self.0, b.0, c.0) })
    }

    #[inline(always)]
    fn rotate_left<const BITS: i32>(self) -> Self {
        // SAFETY: `self` stands for AVX-512F.
        Self(unsafe { _mm512_rol_epi64::<BITS>(self.0) })
    }
}

impl Lanes for Eight {
    const LANES: usize = 8;

    #[inline(always)]
    fn from_words(Avx512(()): Avx512, words: &[u64; MAX_LANES]) -> Self {
        // SAFETY: the proof stands for AVX-512F; the array has the 64 bytes that are read, at any alignment.
        Self(unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
    }

    #[inline(always)]
    fn write_words(self, words: &mut [u64; MAX_LANES]) {
        // SAFETY: `self` stands for AVX-512F; the array has the 64 bytes that are written, at any alignment.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) };
    }

    #[inline(always)]
    fn and(self, b: Self) -> Self {
        // SAFETY: `self` stands for AVX-512F.
        Self(unsafe { _mm512_and_si512(self.0, b.0) })
    }
}
