//! Four lanes in a 256-bit register.
#![allow(unsafe_code)]

use super::{Lanes, MAX_LANES, Words, select_row};
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

impl Four {
    /// Words `first..first + 4` of a row, zeros past its last whole word.
    #[inline(always)]
    fn row(Avx2(()): Avx2, row: &[u8], first: usize) -> __m256i {
        let words = (row.len() / 8).saturating_sub(first).min(4);
        let from = select_row(row, first, words);
        // SAFETY: the proof stands for AVX2. The mask selects words that lie inside `row`; no other byte is accessed,
        // and the instruction asks for no alignment.
        unsafe {
            let mask = _mm256_cmpgt_epi64(
                _mm256_set1_epi64x(words as i64),
                _mm256_set_epi64x(3, 2, 1, 0),
            );
            _mm256_maskload_epi64(from.cast(), mask)
        }
    }

    /// Four rows of four words to four words of four lanes.
    #[inline(always)]
    fn transpose(Avx2(()): Avx2, [a, b, c, d]: [__m256i; 4]) -> [Self; 4] {
        // SAFETY: the proof stands for AVX2.
        unsafe {
            let even_ab = _mm256_unpacklo_epi64(a, b);
            let odd_ab = _mm256_unpackhi_epi64(a, b);
            let even_cd = _mm256_unpacklo_epi64(c, d);
            let odd_cd = _mm256_unpackhi_epi64(c, d);
            [
                Self(_mm256_permute2x128_si256::<0x20>(even_ab, even_cd)),
                Self(_mm256_permute2x128_si256::<0x20>(odd_ab, odd_cd)),
                Self(_mm256_permute2x128_si256::<0x31>(even_ab, even_cd)),
                Self(_mm256_permute2x128_si256::<0x31>(odd_ab, odd_cd)),
            ]
        }
    }
}

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
    fn to_words(self) -> [u64; MAX_LANES] {
        let mut words = [0; MAX_LANES];
        // SAFETY: `self` stands for AVX2; the array has the 32 bytes that are written, at any alignment.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), self.0) };
        words
    }

    #[inline(always)]
    fn load_rows(proof: Avx2, rows: &[&[u8]; MAX_LANES], first: usize) -> [Self; 8] {
        let [s, t, u, v] = Self::transpose(
            proof,
            [
                Self::row(proof, rows[0], first),
                Self::row(proof, rows[1], first),
                Self::row(proof, rows[2], first),
                Self::row(proof, rows[3], first),
            ],
        );
        let [w, x, y, z] = Self::transpose(
            proof,
            [
                Self::row(proof, rows[0], first + 4),
                Self::row(proof, rows[1], first + 4),
                Self::row(proof, rows[2], first + 4),
                Self::row(proof, rows[3], first + 4),
            ],
        );
        [s, t, u, v, w, x, y, z]
    }

    #[inline(always)]
    fn and(self, b: Self) -> Self {
        // SAFETY: `self` stands for AVX2.
        Self(unsafe { _mm256_and_si256(self.0, b.0) })
    }

    #[inline(always)]
    fn xor_where(self, b: Self, at: Self, index: u64) -> Self {
        // SAFETY: `self` stands for AVX2.
        Self(unsafe {
            let here = _mm256_cmpeq_epi64(at.0, _mm256_set1_epi64x(index as i64));
            _mm256_xor_si256(self.0, _mm256_and_si256(here, b.0))
        })
    }
}
