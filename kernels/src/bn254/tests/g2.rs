//! The twist and its subgroup of order r.

use super::super::{
    frobenius::U,
    g2::psi,
    glv::R,
    limbs::P,
    testing::{Random, affine2, big},
    walk::{Step, Walk, is_in_subgroup, steps},
};
use ark_bn254::G2Affine;
use ark_ec::{AffineRepr, CurveGroup, short_weierstrass::Projective};
use num_bigint::{BigInt, BigUint};

fn times(point: G2Affine, factor: &BigUint) -> G2Affine {
    let product: Projective<_> = point.mul_bigint(factor.to_u64_digits());
    product.into_affine()
}

/// The slow test.
fn has_order_r(point: G2Affine) -> bool {
    times(point, &big(&R)).is_zero()
}

/// What the order of the twist has beside r.
fn cofactor() -> BigUint {
    big(&P) * 2u8 - big(&R)
}

#[test]
fn psi_is_multiplication_by_p_in_the_subgroup() {
    let mut random = Random(40);
    for _ in 0..20 {
        let q = random.g2();
        assert_eq!(psi(&affine2(q)), affine2(times(q, &big(&P))));
    }
}

/// ψ² - tψ + p = 0, everywhere on the twist.
#[test]
fn psi_satisfies_its_equation() {
    let mut random = Random(41);
    let point = |q: super::super::jacobian::Affine<_>| {
        use super::super::testing::fq2;
        G2Affine::new_unchecked(fq2(q.x), fq2(q.y))
    };
    let trace = big(&P) + 1u8 - big(&R);
    assert_eq!(trace, BigUint::from(U) * U * 6u8 + 1u8);
    for _ in 0..20 {
        let q = random.twist();
        let once = psi(&affine2(q));
        let twice = point(psi(&once));
        assert_eq!(twice + times(q, &big(&P)), times(point(once), &trace));
    }
}

/// That the sum of the Miller loop's end annihilates nothing outside the subgroup: the number of `g2`'s comment.
#[test]
fn the_criterion_leaves_order_r_alone() {
    let (p, r, u) = (
        BigInt::from(big(&P)),
        BigInt::from(big(&R)),
        BigInt::from(U),
    );
    let t = &p + 1 - &r;
    // ψ² = tψ - p and ψ³ = (t² - p)ψ - tp in 6u + 2 + ψ - ψ² + ψ³.
    let a = 6 * &u + 2 + &p - &t * &p;
    let b = 1 - &t + &t * &t - &p;
    let norm = &a * &a + &a * &b * &t + &b * &b * &p;
    let order = &r * BigInt::from(cofactor());
    assert_eq!(gcd(norm, order), r);
    // The multiplier p of ψ in the subgroup is a root.
    assert_eq!((6 * &u + 2 + &p - &p * &p + p.pow(3)) % &r, BigInt::ZERO);
}

fn gcd(mut a: BigInt, mut b: BigInt) -> BigInt {
    while b != BigInt::ZERO {
        (a, b) = (b.clone(), a % b);
    }
    BigInt::from(a.magnitude().clone())
}

#[test]
fn subgroup_against_multiplication_by_r() {
    let mut random = Random(42);
    for _ in 0..100 {
        let inside = random.g2();
        assert!(is_in_subgroup(affine2(inside)));
        let outside = random.twist();
        assert_eq!(is_in_subgroup(affine2(outside)), has_order_r(outside));
        assert!(!is_in_subgroup(affine2(outside)));
        // Cleared of the cofactor, the same point is inside.
        assert!(is_in_subgroup(affine2(times(outside, &cofactor()))));
    }
}

/// Points of the smallest orders that there are, and those points moved by one of the subgroup.
#[test]
fn points_of_small_order_are_outside() {
    let mut random = Random(43);
    let order = big(&R) * cofactor();
    for prime in [10_069u32, 5_864_401] {
        assert_eq!(&order % prime, BigUint::ZERO);
        let point = loop {
            let point = times(random.twist(), &(&order / prime));
            if !point.is_zero() {
                break point;
            }
        };
        assert!(times(point, &BigUint::from(prime)).is_zero());
        let mut multiple = point;
        for _ in 0..200 {
            assert!(!is_in_subgroup(affine2(multiple)));
            let moved: G2Affine = (multiple + random.g2()).into();
            assert!(!is_in_subgroup(affine2(moved)));
            multiple = (multiple + point).into();
        }
    }
    // The part of the twist of order prime to r.
    for _ in 0..50 {
        let point = times(random.twist(), &big(&R));
        assert!(!is_in_subgroup(affine2(point)));
    }
}

/// What no point of the twist comes to in a whole walk: a sum of equal points, of opposite ones, with infinity. Each makes
/// z zero, it stays so, and the point is refused.
#[test]
fn a_walk_past_an_exception_ends_outside() {
    let mut random = Random(44);
    for _ in 0..20 {
        let q = affine2(random.g2());
        for exception in [Step::Add, Step::Subtract] {
            let mut walk = Walk::new(q);
            walk.step(exception);
            assert!(!walk.began_in_subgroup());
            for step in steps() {
                walk.step(step);
                assert!(!walk.began_in_subgroup());
            }
        }
    }
}

/// No point of the twist has an order below 10,069 but infinity.
#[test]
fn small_primes_do_not_divide_the_order() {
    let order = big(&R) * cofactor();
    for small in 2u32..10_069 {
        assert_ne!(&order % small, BigUint::ZERO);
    }
}
