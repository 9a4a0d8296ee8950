//! Eight lanes in a 512-bit register.
#![allow(unsafe_code)]

use super::{Lanes, MAX_LANES, Words, select_row};
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

impl Eight {
    /// Words `first..first + 8` of a row, zeros past its last whole word.
    #[inline(always)]
    fn row(Avx512(()): Avx512, row: &[u8], first: usize) -> __m512i {
        let words = (row.len() / 8).saturating_sub(first).min(8);
        let mask = ((1u32 << words) - 1) as u8;
        let from = select_row(row, first, words);
        // SAFETY: the proof stands for AVX-512F. The mask selects words that lie inside `row`; no other byte is
        // accessed, and the instruction asks for no alignment.
        unsafe { _mm512_maskz_loadu_epi64(mask, from.cast()) }
    }
}

/// Four rows of four 128-bit blocks to their columns.
#[inline(always)]
fn transpose_blocks(Avx512(()): Avx512, [a, b, c, d]: [__m512i; 4]) -> [Eight; 4] {
    // SAFETY: the proof stands for AVX-512F.
    unsafe {
        let even_ab = _mm512_shuffle_i64x2::<0x88>(a, b);
        let odd_ab = _mm512_shuffle_i64x2::<0xdd>(a, b);
        let even_cd = _mm512_shuffle_i64x2::<0x88>(c, d);
        let odd_cd = _mm512_shuffle_i64x2::<0xdd>(c, d);
        [
            Eight(_mm512_shuffle_i64x2::<0x88>(even_ab, even_cd)),
            Eight(_mm512_shuffle_i64x2::<0x88>(odd_ab, odd_cd)),
            Eight(_mm512_shuffle_i64x2::<0xdd>(even_ab, even_cd)),
            Eight(_mm512_shuffle_i64x2::<0xdd>(odd_ab, odd_cd)),
        ]
    }
}

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
    fn to_words(self) -> [u64; MAX_LANES] {
        let mut words = [0; MAX_LANES];
        // SAFETY: `self` stands for AVX-512F; the array has the 64 bytes that are written, at any alignment.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) };
        words
    }

    #[inline(always)]
    fn load_rows(proof: Avx512, rows: &[&[u8]; MAX_LANES], first: usize) -> [Self; 8] {
        let a = Self::row(proof, rows[0], first);
        let b = Self::row(proof, rows[1], first);
        let c = Self::row(proof, rows[2], first);
        let d = Self::row(proof, rows[3], first);
        let e = Self::row(proof, rows[4], first);
        let f = Self::row(proof, rows[5], first);
        let g = Self::row(proof, rows[6], first);
        let h = Self::row(proof, rows[7], first);
        // SAFETY: the proof stands for AVX-512F.
        let (even, odd) = unsafe {
            (
                [
                    _mm512_unpacklo_epi64(a, b),
                    _mm512_unpacklo_epi64(c, d),
                    _mm512_unpacklo_epi64(e, f),
                    _mm512_unpacklo_epi64(g, h),
                ],
                [
                    _mm512_unpackhi_epi64(a, b),
                    _mm512_unpackhi_epi64(c, d),
                    _mm512_unpackhi_epi64(e, f),
                    _mm512_unpackhi_epi64(g, h),
                ],
            )
        };
        let [s, u, w, y] = transpose_blocks(proof, even);
        let [t, v, x, z] = transpose_blocks(proof, odd);
        [s, t, u, v, w, x, y, z]
    }

    #[inline(always)]
    fn and(self, b: Self) -> Self {
        // SAFETY: `self` stands for AVX-512F.
        Self(unsafe { _mm512_and_si512(self.0, b.0) })
    }

    #[inline(always)]
    fn xor_where(self, b: Self, at: Self, index: u64) -> Self {
        // SAFETY: `self` stands for AVX-512F.
        Self(unsafe {
            let here = _mm512_cmpeq_epi64_mask(at.0, _mm512_set1_epi64(index as i64));
            _mm512_mask_xor_epi64(self.0, here, self.0, b.0)
        })
    }
}
