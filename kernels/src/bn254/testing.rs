//! What tests share: values at random and at the ends of ranges, the same values in the oracle's types, encodings.

use super::{
    field::Fp,
    fp2::Fp2,
    fp6::Fp6,
    fp12::Fp12,
    jacobian::Affine,
    limbs::{P, Words, to_be_bytes},
};
use ark_bn254::{Fq, Fq2, Fq6, Fq12, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use num_bigint::BigUint;

/// SplitMix64.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn words(&mut self) -> Words {
        std::array::from_fn(|_| self.word())
    }

    pub(super) fn bytes(&mut self) -> [u8; 32] {
        to_be_bytes(&self.words())
    }

    /// One in four at the ends of the range.
    pub(super) fn fp(&mut self) -> Fp {
        let ends = ends();
        match self.word() {
            choice if choice % 4 == 0 => ends[(choice >> 2) as usize % ends.len()],
            _ => loop {
                let mut words = self.words();
                words[3] >>= 2;
                if big(&words) < big(&P) {
                    return Fp(words);
                }
            },
        }
    }

    pub(super) fn fp2(&mut self) -> Fp2 {
        Fp2::new(self.fp(), self.fp())
    }

    pub(super) fn fp6(&mut self) -> Fp6 {
        Fp6::new(self.fp2(), self.fp2(), self.fp2())
    }

    pub(super) fn fp12(&mut self) -> Fp12 {
        Fp12::new(self.fp6(), self.fp6())
    }

    pub(super) fn fr(&mut self) -> ark_bn254::Fr {
        ark_bn254::Fr::from_be_bytes_mod_order(&self.bytes())
    }

    pub(super) fn g1(&mut self) -> G1Affine {
        (G1Affine::generator() * self.fr()).into()
    }

    pub(super) fn g2(&mut self) -> G2Affine {
        (G2Affine::generator() * self.fr()).into()
    }

    /// A point of the twist with a random x: in the subgroup with a chance of one in 2^254.
    pub(super) fn twist(&mut self) -> G2Affine {
        loop {
            let x = fq2(self.fp2());
            let greatest = self.word() >> 63 == 1;
            if let Some(point) = G2Affine::get_point_from_x_unchecked(x, greatest) {
                return point;
            }
        }
    }
}

/// The ends of the range below p, of words within a number, and of Montgomery's form.
pub(super) fn ends() -> Vec<Fp> {
    let p = P;
    let words = [
        [0; 4],
        [1, 0, 0, 0],
        [2, 0, 0, 0],
        [p[0] - 1, p[1], p[2], p[3]],
        [p[0] - 2, p[1], p[2], p[3]],
        [0, p[1], p[2], p[3]],
        [u64::MAX, p[1] - 1, p[2], p[3]],
        [u64::MAX, u64::MAX, u64::MAX, p[3] - 1],
        [u64::MAX, u64::MAX, u64::MAX, 0],
        [u64::MAX, 0, 0, 0],
        [0, 0, 0, p[3]],
        [0, u64::MAX, 0, p[3]],
    ];
    let montgomery = [1, 2, 3, 9].map(|small| Fp::constant([small, 0, 0, 0]));
    let negative = montgomery.map(|small| -small);
    let mut ends: Vec<Fp> = words.map(Fp).into();
    ends.extend(montgomery);
    ends.extend(negative);
    ends
}

pub(super) fn big(words: &[u64]) -> BigUint {
    words
        .iter()
        .rev()
        .fold(BigUint::ZERO, |sum, &word| (sum << 64) + word)
}

/// The oracle's number for the bytes that ours has.
pub(super) fn fq(a: Fp) -> Fq {
    Fq::from_be_bytes_mod_order(&a.to_be_bytes())
}

pub(super) fn fq2(a: Fp2) -> Fq2 {
    Fq2::new(fq(a.c0), fq(a.c1))
}

pub(super) fn fq6(a: Fp6) -> Fq6 {
    Fq6::new(fq2(a.c0), fq2(a.c1), fq2(a.c2))
}

pub(super) fn fq12(a: Fp12) -> Fq12 {
    Fq12::new(fq6(a.c0), fq6(a.c1))
}

pub(super) fn bytes(a: Fq) -> [u8; 32] {
    let bytes = a.into_bigint().to_bytes_be();
    bytes.try_into().expect("four words")
}

pub(super) fn fp(a: Fq) -> Fp {
    Fp::from_be_bytes(&bytes(a)).expect("canonical")
}

pub(super) fn fp2(a: Fq2) -> Fp2 {
    Fp2::new(fp(a.c0), fp(a.c1))
}

pub(super) fn affine1(point: G1Affine) -> Affine<Fp> {
    let (x, y) = point.xy().expect("finite");
    Affine { x: fp(x), y: fp(y) }
}

pub(super) fn affine2(point: G2Affine) -> Affine<Fp2> {
    let (x, y) = point.xy().expect("finite");
    Affine {
        x: fp2(x),
        y: fp2(y),
    }
}

/// As EIP-196 has it.
pub(super) fn encode1(point: G1Affine) -> [u8; 64] {
    let (x, y) = point.xy().unwrap_or((Fq::ZERO, Fq::ZERO));
    concat([x, y].map(bytes))
}

/// As EIP-197 has it.
pub(super) fn encode2(point: G2Affine) -> [u8; 128] {
    let (x, y) = point.xy().unwrap_or((Fq2::ZERO, Fq2::ZERO));
    concat([x.c1, x.c0, y.c1, y.c0].map(bytes))
}

/// a to the power of any number.
pub(super) fn power<F: Field>(a: F, exponent: &BigUint) -> F {
    a.pow(exponent.to_u64_digits())
}

fn concat<const N: usize, const M: usize>(parts: [[u8; 32]; N]) -> [u8; M] {
    parts.concat().try_into().expect("lengths agree")
}
