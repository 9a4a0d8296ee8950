//! Every operation of the tower against the oracle's.

use super::super::{
    field::Fp,
    fp2::Fp2,
    fp6::Fp6,
    fp12::Fp12,
    limbs::P,
    testing::{Random, bytes, ends, fp, fq, fq2, fq6, fq12},
};
use ark_bn254::{Fq, Fq2, Fq6, Fq12};
use ark_ff::{AdditiveGroup, CyclotomicMultSubgroup, Field};

/// ξ in the oracle.
fn xi() -> Fq2 {
    Fq2::new(Fq::from(9u8), Fq::from(1u8))
}

fn check_fp(a: Fp, b: Fp) {
    let (x, y) = (fq(a), fq(b));
    assert_eq!(fp(x), a);
    assert_eq!(fq(a + b), x + y);
    assert_eq!(fq(a - b), x - y);
    assert_eq!(fq(a * b), x * y);
    assert_eq!(fq(-a), -x);
    assert_eq!(fq(a.double()), x.double());
    assert_eq!(fq(a.square()), x.square());
    assert_eq!(
        fq(a.three_halves_factor() * b),
        x * y * Fq::from(3u8) / Fq::from(2u8)
    );
    assert_eq!(fq(Fp::product_difference(a, b, b, b)), x * y - y * y);
    assert_eq!(fq(a.invert()), x.inverse().unwrap_or(Fq::ZERO));
    assert_eq!(a.is_zero(), x == Fq::ZERO);
    assert_eq!(a == b, x == y);
}

#[test]
fn fp_at_the_ends() {
    for a in ends() {
        for b in ends() {
            check_fp(a, b);
        }
    }
}

#[test]
fn fp_at_random() {
    let mut random = Random(10);
    for _ in 0..5000 {
        check_fp(random.fp(), random.fp());
    }
}

#[test]
fn coordinates_below_p_alone() {
    let mut largest = bytes(-Fq::from(1u8));
    assert_eq!(Fp::from_be_bytes(&largest), Some(-Fp::ONE));
    largest[31] += 1;
    assert_eq!(Fp::from_be_bytes(&largest), None);
    assert_eq!(Fp::from_be_bytes(&[0xff; 32]), None);
    assert_eq!(Fp::from_be_bytes(&[0; 32]), Some(Fp::ZERO));
    // The lowest word alone decides, or the highest bit.
    let mut bytes = [0; 32];
    bytes[0] = 0x80;
    assert_eq!(Fp::from_be_bytes(&bytes), None);
    assert_eq!(Fp::constant([P[0] - 1, P[1], P[2], P[3]]), -Fp::ONE);
}

#[test]
fn fp2() {
    let mut random = Random(11);
    for _ in 0..5000 {
        let (a, b, c) = (random.fp2(), random.fp2(), random.fp());
        let (x, y) = (fq2(a), fq2(b));
        assert_eq!(fq2(a + b), x + y);
        assert_eq!(fq2(a - b), x - y);
        assert_eq!(fq2(a * b), x * y);
        assert_eq!(fq2(-a), -x);
        assert_eq!(fq2(a.double()), x.double());
        assert_eq!(fq2(a.square()), x.square());
        assert_eq!(fq2(a.scale(c)), x * Fq2::new(fq(c), Fq::ZERO));
        assert_eq!(fq2(a.times_xi()), x * xi());
        assert_eq!(fq2(a.conjugate()), x.frobenius_map(1));
        assert_eq!(fq2(a.invert()), x.inverse().unwrap_or(Fq2::ZERO));
        assert_eq!(a.is_zero(), x == Fq2::ZERO);
    }
    assert!(Fp2::ZERO.is_zero() && !Fp2::ONE.is_zero());
    assert_eq!(Fp2::ZERO.invert(), Fp2::ZERO);
}

#[test]
fn fp6() {
    let mut random = Random(12);
    for _ in 0..1000 {
        let (a, b, c, d) = (random.fp6(), random.fp6(), random.fp2(), random.fp2());
        let (x, y) = (fq6(a), fq6(b));
        let v = Fq6::new(Fq2::ZERO, Fq2::ONE, Fq2::ZERO);
        assert_eq!(fq6(a + b), x + y);
        assert_eq!(fq6(a - b), x - y);
        assert_eq!(fq6(-a), -x);
        assert_eq!(fq6(a.times(&b)), x * y);
        assert_eq!(fq6(a.times_v()), x * v);
        let two = Fq6::new(fq2(c), fq2(d), Fq2::ZERO);
        assert_eq!(fq6(a.times_two(c, d)), x * two);
        let one = Fq6::new(fq2(c), Fq2::ZERO, Fq2::ZERO);
        assert_eq!(fq6(a.scale(c)), x * one);
        assert_eq!(fq6(a.invert()), x.inverse().unwrap_or(Fq6::ZERO));
    }
    assert_eq!(Fp6::ZERO.invert(), Fp6::ZERO);
}

#[test]
fn fp12() {
    let mut random = Random(13);
    for _ in 0..500 {
        let (a, b) = (random.fp12(), random.fp12());
        let (x, y) = (fq12(a), fq12(b));
        assert_eq!(fq12(a.times(&b)), x * y);
        assert_eq!(fq12(a.square()), x.square());
        assert_eq!(fq12(a.conjugate()), x.frobenius_map(6));
        assert_eq!(fq12(a.frobenius()), x.frobenius_map(1));
        assert_eq!(fq12(a.invert()), x.inverse().unwrap_or(Fq12::ZERO));
    }
    let one = Fp12::ONE;
    assert_eq!(one.times(&one), one);
}

#[test]
fn cyclotomic_squares() {
    let mut random = Random(14);
    for _ in 0..100 {
        // To the power of (p⁶ - 1)(p² + 1), by the operations tested above.
        let a = random.fp12();
        let b = a.conjugate().times(&a.invert());
        let c = b.frobenius().frobenius().times(&b);
        assert_eq!(c.cyclotomic_square(), c.square());
        assert_eq!(
            fq12(c.conjugate()),
            fq12(c).cyclotomic_inverse().expect("not zero")
        );
        assert_eq!(c.times(&c.conjugate()), Fp12::ONE);
    }
}
