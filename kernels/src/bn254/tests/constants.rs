//! Constants, derived from p and u.

use super::super::{
    digits::non_adjacent,
    field::Fp,
    fp2::Fp2,
    frobenius::{GAMMA, TWIST_B, U},
    glv::{B_OVER_R, BETA, C_OVER_R, R, split},
    limbs::P,
    testing::{Random, big, fq, fq2, power},
};
use ark_bn254::{Fq, Fq2};
use ark_ff::Field;
use num_bigint::{BigInt, BigUint, Sign};

fn u() -> BigInt {
    BigInt::from(U)
}

fn p() -> BigInt {
    big(&P).into()
}

fn r() -> BigInt {
    big(&R).into()
}

/// λ, by which the endomorphism multiplies.
fn lambda() -> BigInt {
    36 * u().pow(3) + 18 * u().pow(2) + 6 * u() + 1
}

#[test]
fn primes_of_the_parameter() {
    let polynomial =
        |square: u32| 36 * u().pow(4) + 36 * u().pow(3) + square * u().pow(2) + 6 * u() + 1;
    assert_eq!(p(), polynomial(24));
    assert_eq!(r(), polynomial(18));
}

#[test]
fn powers_of_xi() {
    let xi = Fq2::new(Fq::from(9u8), Fq::from(1u8));
    let exponent = (big(&P) - 1u8) / 6u8;
    let gamma = power(xi, &exponent);
    for (k, constant) in GAMMA.iter().enumerate() {
        assert_eq!(fq2(*constant), gamma.pow([k as u64]));
    }
    assert_eq!(fq2(TWIST_B) * xi, Fq2::new(Fq::from(3u8), Fq::from(0u8)));
    assert_eq!(
        TWIST_B.times_xi(),
        Fp2::new(Fp::constant([3, 0, 0, 0]), Fp::ZERO)
    );
}

#[test]
fn endomorphism() {
    let beta = fq(BETA);
    assert_eq!(beta.square() + beta + Fq::from(1u8), Fq::from(0u8));
    let lambda = lambda();
    assert_eq!((&lambda * &lambda + &lambda + 1) % r(), BigInt::ZERO);
    // That these two roots belong together.
    let lambda = ark_bn254::Fr::from(lambda.to_biguint().expect("positive"));
    let mut random = Random(20);
    let point = random.g1();
    let image = ark_bn254::G1Affine::new(point.x * beta, point.y);
    assert_eq!(image, point * lambda);
}

#[test]
fn lattice() {
    let (a, b, c) = (
        6 * u().pow(2) + 4 * u() + 1,
        2 * u() + 1,
        6 * u().pow(2) + 2 * u(),
    );
    assert_eq!((&a + &b * lambda()) % r(), BigInt::ZERO);
    assert_eq!((&b - &c * lambda()) % r(), BigInt::ZERO);
    assert_eq!(&a * &c + &b * &b, r());
    let radix = BigInt::from(1u8) << 256;
    assert_eq!(BigInt::from(big(&C_OVER_R)), &radix * &c / r());
    assert_eq!(BigInt::from(big(&B_OVER_R)), &radix * &b / r());
}

#[test]
fn halves_of_scalars() {
    let mut random = Random(21);
    let (r0, r1, r2, r3) = (R[0], R[1], R[2], R[3]);
    let mut scalars = vec![[0; 4], [1, 0, 0, 0], [u64::MAX; 4], R];
    scalars.extend((1..50).map(|i| [r0 - i, r1, r2, r3]));
    scalars.extend((1..50).map(|i| [r0 + i, r1, r2, r3]));
    scalars.extend((0..256).map(|i| std::array::from_fn(|j| u64::from(i / 64 == j) << (i % 64))));
    scalars.extend((0..10_000).map(|_| random.words()));
    // Halves at their ends: multiples of r/2 and so on of the basis' vectors.
    let lambda = lambda();
    for i in -40i32..=40 {
        for j in -40i32..=40 {
            let k = ((i * &lambda + j) % r() + r()) % r();
            let mut words = k.to_biguint().expect("positive").to_u64_digits();
            words.resize(4, 0);
            scalars.push(words.try_into().expect("four words"));
        }
    }
    let mut largest = 0;
    for k in &scalars {
        let [k1, k2] = split(k);
        largest = largest.max(k1.unsigned_abs()).max(k2.unsigned_abs());
        let sum = BigInt::from(k1) + BigInt::from(k2) * &lambda;
        let k = BigInt::from_biguint(Sign::Plus, big(k));
        assert_eq!((sum - k) % r(), BigInt::ZERO);
    }
    assert!(largest < 1 << 127, "{largest:x}");
}

#[test]
fn digits() {
    let mut random = Random(22);
    let check = |number: u128, width: u32| {
        let digits: [i8; 128] = non_adjacent(number, width);
        let mut sum = BigInt::ZERO;
        for (i, &digit) in digits.iter().enumerate() {
            sum += BigInt::from(digit) << i;
            assert!(digit == 0 || digit % 2 != 0);
            assert!(i32::from(digit).abs() < 1 << (width - 1));
        }
        assert_eq!(sum, BigInt::from(number));
        for window in digits.windows(width as usize) {
            assert!(window.iter().filter(|&&digit| digit != 0).count() <= 1);
        }
    };
    for width in 2..=5 {
        for number in 0..300 {
            check(number, width);
            check((1 << 127) - 1 - number, width);
        }
        for _ in 0..300 {
            let number = BigUint::from(random.word()) * random.word();
            check((number >> 1u8).try_into().expect("127 bits"), width);
        }
    }
}
